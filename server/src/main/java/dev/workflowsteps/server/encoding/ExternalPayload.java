package dev.workflowsteps.server.encoding;

import com.google.common.hash.Hashing;

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
    return Hashing.sha256().hashBytes(bytes).toString();
  }
}
