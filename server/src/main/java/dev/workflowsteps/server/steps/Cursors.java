package dev.workflowsteps.server.steps;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The text of cursors. A token is {@code wfc1_} and, in URL-safe base64, fingerprints of the
 * organization and of the filters with the order, the sort position, and a checksum by which no
 * step id is taken for one. It is neither a secret nor a permission: it names a place in whatever
 * organization asks.
 */
final class Cursors {

  private static final String PREFIX = "wfc1_";
  private static final int FINGERPRINT = 8;
  private static final int CHECKSUM = 4;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** What a token says. */
  record Token(byte[] organization, byte[] list, StepPosition position) {

    boolean isOf(StepFilter filter) {
      return Arrays.equals(organization, organizationFingerprint(filter));
    }

    boolean isOf(StepFilter filter, Direction order) {
      return Arrays.equals(list, listFingerprint(filter, order));
    }
  }

  /**
   * The cursor of a row: its plain step id inside a run once the row has started, else a token. A
   * row that has not started moves when it does, so its step id would not keep the place.
   */
  static String of(StepPosition position, StepFilter filter, Direction order) {
    boolean plain =
        filter.runId().isPresent() && position.started() && read(position.stepId()).isEmpty();
    return plain ? position.stepId() : token(position, filter, order);
  }

  static String token(StepPosition position, StepFilter filter, Direction order) {
    byte[] step = position.stepId().getBytes(StandardCharsets.UTF_8);
    byte[] run = position.runId().getBytes(StandardCharsets.UTF_8);
    int length = 2 * FINGERPRINT + Long.BYTES + Short.BYTES + step.length + run.length + CHECKSUM;
    ByteBuffer bytes =
        ByteBuffer.allocate(length)
            .put(organizationFingerprint(filter))
            .put(listFingerprint(filter, order))
            .putLong(position.sortTime())
            .putShort((short) step.length)
            .put(step)
            .put(run);
    bytes.putInt(checksum(bytes.array(), bytes.position()));
    return PREFIX + ENCODER.encodeToString(bytes.array());
  }

  /** The token that a text is; empty if it is none, and so a step id. */
  static Optional<Token> read(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
      int end = bytes.length - CHECKSUM;
      // A second spelling of the same bytes (padding, loose last bits) is no token.
      if (end < 0
          || ByteBuffer.wrap(bytes, end, CHECKSUM).getInt() != checksum(bytes, end)
          || !text.endsWith(ENCODER.encodeToString(bytes))) {
        return Optional.empty();
      }
      return Optional.of(token(ByteBuffer.wrap(bytes, 0, end)));
    } catch (IllegalArgumentException | BufferUnderflowException noToken) {
      return Optional.empty();
    }
  }

  private static Token token(ByteBuffer bytes) {
    byte[] organization = take(bytes, FINGERPRINT);
    byte[] list = take(bytes, FINGERPRINT);
    long sortTime = bytes.getLong();
    String step = text(take(bytes, Short.toUnsignedInt(bytes.getShort())));
    String run = text(take(bytes, bytes.remaining()));
    return new Token(organization, list, new StepPosition(sortTime, step, run));
  }

  private static byte[] take(ByteBuffer bytes, int count) {
    if (count > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[count];
    bytes.get(taken);
    return taken;
  }

  /** Anybody can compute the checksum, so ids that no storage would take may stand behind it. */
  private static String text(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf('\0') >= 0 || !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), utf8)) {
      throw new IllegalArgumentException("no id");
    }
    return text;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static byte[] organizationFingerprint(StepFilter filter) {
    return fingerprint(List.of(List.of(filter.organizationId())));
  }

  private static byte[] listFingerprint(StepFilter filter, Direction order) {
    return fingerprint(
        List.of(
            List.of(order.name()),
            filter.runId().stream().toList(),
            filter.workflowId().stream().toList(),
            filter.blockId().stream().toList(),
            filter.stepId().stream().toList(),
            filter.blockTypes(),
            filter.statuses()));
  }

  /** Each part with its length before it, so that no two lists of parts look alike. */
  private static byte[] fingerprint(List<List<String>> parts) {
    MessageDigest digest = sha256();
    for (List<String> part : parts) {
      digest.update(length(part.size()));
      for (String word : part) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        digest.update(length(utf8.length));
        digest.update(utf8);
      }
    }
    return Arrays.copyOf(digest.digest(), FINGERPRINT);
  }

  private static byte[] length(int length) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private Cursors() {}
}
