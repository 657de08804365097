package dev.workflowsteps.server.steps;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A payload that lies in the payload store.
 *
 * @param sha256 of the JSON, in lower-case hexadecimal
 * @param json not copied, not to be changed
 */
public record Payload(String sha256, byte[] json) {

  static Payload of(byte[] json) {
    return new Payload(sha256(json), json);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
