package dev.workflowsteps.server.auth;

import com.google.common.hash.Hashing;
import dev.workflowsteps.contract.KeyForm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A key as callers send it: {@code wfs_<id>_<secret><checksum>}, in base62. The id has 8 characters
 * and is not secret; the secret is a random number of 256 bits in 43 characters; the checksum is
 * the CRC-32 of all that precedes it, in 6. Secret scanners look for the prefix; the checksum tells
 * them, and this class, a key from a similar text without a database.
 */
public final class ApiKey {

  private static final int SECRET_BYTES = 32;
  private static final int SECRET_START = KeyForm.PREFIX.length() + KeyForm.ID_LENGTH + 1;
  private static final int CHECKSUM_START = SECRET_START + KeyForm.SECRET_LENGTH;
  private static final int LENGTH = CHECKSUM_START + KeyForm.CHECKSUM_LENGTH;

  private final String text;
  private final byte[] secret;

  private ApiKey(String text, byte[] secret) {
    this.text = text;
    this.secret = secret;
  }

  /** Creates a key. */
  public static ApiKey generate(SecureRandom random) {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < KeyForm.ID_LENGTH; i++) {
      id.append(Base62.digit(random.nextInt(62)));
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    String unchecked = KeyForm.PREFIX + id + "_" + Base62.encode(secret, KeyForm.SECRET_LENGTH);
    return new ApiKey(unchecked + checksum(unchecked), secret);
  }

  /** Reads a key; empty for anything that {@link #generate} can't have created. */
  public static Optional<ApiKey> parse(String text) {
    if (text.length() != LENGTH
        || !text.startsWith(KeyForm.PREFIX)
        || text.charAt(SECRET_START - 1) != '_'
        || !isKeyId(text.substring(KeyForm.PREFIX.length(), SECRET_START - 1))
        || !text.endsWith(checksum(text.substring(0, CHECKSUM_START)))) {
      return Optional.empty();
    }
    return Base62.decode(text.substring(SECRET_START, CHECKSUM_START), SECRET_BYTES)
        .map(secret -> new ApiKey(text, secret));
  }

  /** Whether a text has the form of a key id. */
  public static boolean isKeyId(String text) {
    return text.length() == KeyForm.ID_LENGTH && Base62.isDigits(text);
  }

  public String keyId() {
    return text.substring(KeyForm.PREFIX.length(), SECRET_START - 1);
  }

  /** The whole key, to be shown once. */
  public String text() {
    return text;
  }

  /** What is stored of the secret: 32 bytes. A random secret needs no salt and no slow hash. */
  public byte[] secretSha256() {
    return Hashing.sha256().hashBytes(secret).asBytes();
  }

  /** Whether this is the stored key, compared in constant time. */
  boolean matches(StoredKey stored) {
    return MessageDigest.isEqual(secretSha256(), stored.secretSha256());
  }

  private static String checksum(String unchecked) {
    CRC32 crc = new CRC32();
    crc.update(unchecked.getBytes(StandardCharsets.UTF_8));
    byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return Base62.encode(number, KeyForm.CHECKSUM_LENGTH);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return KeyForm.PREFIX + keyId() + "_…";
  }
}
