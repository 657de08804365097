package dev.workflowsteps.server.listing;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.primitives.Ints;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * An opaque cursor: {@code wfc1_} and, in URL-safe base64, fingerprints of the organization and of
 * the list, a position, and a checksum, so that no id is mistaken for a token. A token is neither a
 * secret nor a permission: it names a place in the organization that asks.
 *
 * @param organization its fingerprint
 * @param list the fingerprint of the list
 * @param sortTime the time by which the list is sorted, see {@link Position#sortTime}
 * @param ids that follow the time in the order of the list
 */
public record PageToken(byte[] organization, byte[] list, long sortTime, List<String> ids) {

  private static final String PREFIX = "wfc1_";
  private static final int FINGERPRINT = 8;
  private static final int CHECKSUM = 4;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** Whether it names a place in an organization. */
  public boolean isOf(String organizationId) {
    return Arrays.equals(organization, organizationFingerprint(organizationId));
  }

  /**
   * Whether it comes from a list of the same filters and order.
   *
   * @param scope that {@link #write} was given
   */
  public boolean isOf(List<List<String>> scope) {
    return Arrays.equals(list, fingerprint(scope));
  }

  /**
   * The text of a token.
   *
   * @param scope of the list, see {@link ListFilter#tokenScope}
   * @param ids at most 256 bytes each
   */
  public static String write(
      String organizationId, List<List<String>> scope, long sortTime, List<String> ids) {
    List<byte[]> parts = new ArrayList<>();
    int length = 2 * FINGERPRINT + Long.BYTES + CHECKSUM;
    for (String id : ids) {
      byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
      parts.add(utf8);
      length += Short.BYTES + utf8.length;
    }
    // The last one needs no length before it.
    ByteBuffer bytes =
        ByteBuffer.allocate(length - Short.BYTES)
            .put(organizationFingerprint(organizationId))
            .put(fingerprint(scope))
            .putLong(sortTime);
    for (byte[] part : parts.subList(0, parts.size() - 1)) {
      bytes.putShort((short) part.length).put(part);
    }
    bytes.put(parts.get(parts.size() - 1));
    bytes.putInt(checksum(bytes.array(), bytes.position()));
    return PREFIX + ENCODER.encodeToString(bytes.array());
  }

  /** Whether a text begins like a token; {@link #read} says whether it is one. */
  public static boolean looksLikeOne(String text) {
    return text.startsWith(PREFIX);
  }

  /**
   * The token that a text is; empty if it is an id.
   *
   * @param ids how many it has
   */
  public static Optional<PageToken> read(String text, int ids) {
    if (!looksLikeOne(text)) {
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
      return Optional.of(token(ByteBuffer.wrap(bytes, 0, end), ids));
    } catch (IllegalArgumentException | BufferUnderflowException noToken) {
      return Optional.empty();
    }
  }

  private static PageToken token(ByteBuffer bytes, int count) {
    byte[] organization = take(bytes, FINGERPRINT);
    byte[] list = take(bytes, FINGERPRINT);
    long sortTime = bytes.getLong();
    List<String> ids = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      ids.add(text(take(bytes, Short.toUnsignedInt(bytes.getShort()))));
    }
    ids.add(text(take(bytes, bytes.remaining())));
    return new PageToken(organization, list, sortTime, List.copyOf(ids));
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
    return Hashing.crc32c().hashBytes(bytes, 0, length).asInt();
  }

  private static byte[] organizationFingerprint(String organizationId) {
    return fingerprint(List.of(List.of(organizationId)));
  }

  /** Each part with its length before it, so that no two lists of parts look alike. */
  private static byte[] fingerprint(List<List<String>> parts) {
    Hasher sha256 = Hashing.sha256().newHasher();
    for (List<String> part : parts) {
      sha256.putBytes(Ints.toByteArray(part.size()));
      for (String word : part) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        sha256.putBytes(Ints.toByteArray(utf8.length)).putBytes(utf8);
      }
    }
    return Arrays.copyOf(sha256.hash().asBytes(), FINGERPRINT);
  }
}
