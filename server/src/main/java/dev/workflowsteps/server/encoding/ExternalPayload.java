package dev.workflowsteps.server.encoding;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A payload that is stored outside its step's row.
 *
 * @param sha256 of the JSON, in lower-case hexadecimal
 * @param json not copied, not to be changed
 */
public record ExternalPayload(String sha256, byte[] json) {

  static ExternalPayload of(byte[] json) {
    return new ExternalPayload(sha256(json), json);
  }

  /** The SHA-256 of some bytes, in lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
