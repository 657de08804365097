package dev.workflowsteps.server.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;

import dev.workflowsteps.server.config.Setting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PEM file.
 *
 * @param setting names it
 */
record PemFile(Setting<Path> setting, Path path) {

  /** All CAs of the world take a quarter of it. */
  private static final int MOST_BYTES = 1 << 20;

  /** Without its end if the file ends within it: then it can't be read either. */
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*+(?:-----END CERTIFICATE-----)?");

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*+)-----END PRIVATE KEY-----");

  private static final Pattern OTHER_KEY =
      Pattern.compile("-----BEGIN [A-Z0-9 ]+ PRIVATE KEY-----");

  private static final List<String> KEY_TYPES = List.of("RSA", "EC");

  /** Its content, whatever that is. */
  String read() throws UnusableFileException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw unusable("has more than " + MOST_BYTES + " bytes; name a PEM file");
      }
      return new String(bytes, ISO_8859_1);
    } catch (IOException e) {
      throw unusable("can't be read (" + e + "); name a readable PEM file");
    }
  }

  /** At least one, in their order. Whatever else the file holds is ignored. */
  List<X509Certificate> certificates(String content) throws UnusableFileException {
    String blocks =
        CERTIFICATE.matcher(content).results().map(MatchResult::group).collect(joining("\n"));
    if (blocks.isEmpty()) {
      throw unusable("holds no certificate (expected: BEGIN CERTIFICATE); replace the file");
    }
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(blocks.getBytes(ISO_8859_1)))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (CertificateException e) {
      throw unusable(
          "holds a certificate that can't be read (" + e.getMessage() + "); replace the file");
    }
  }

  PrivateKey privateKey(String content) throws UnusableFileException {
    Matcher key = KEY.matcher(content);
    if (!key.find()) {
      throw unusable(
          OTHER_KEY.matcher(content).find()
              ? "holds a key that is not in PKCS #8 or has a password; convert it with openssl pkcs8"
                  + " -topk8 -nocrypt -in KEY -out NEW_KEY"
              : "holds no private key (expected: BEGIN PRIVATE KEY); replace the file");
    }
    for (String type : KEY_TYPES) {
      try {
        byte[] bytes = Base64.getMimeDecoder().decode(key.group(1));
        return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (GeneralSecurityException | IllegalArgumentException otherType) {
        // The next one, then.
      }
    }
    throw unusable("holds no key of RSA or EC that can be read; replace the file");
  }

  /** What is wrong with who may read it, with the remedy; empty = nothing. */
  Optional<String> problemOfMode() {
    try {
      Path real = path.toRealPath();
      if (!allows(real, PosixFilePermission.OTHERS_READ)) {
        return Optional.empty();
      }
      for (Path way = real.getParent(); way != null; way = way.getParent()) {
        if (!allows(way, PosixFilePermission.OTHERS_EXECUTE)) {
          return Optional.empty();
        }
      }
      return Optional.of("can be read by every user of this machine; run chmod o= " + real);
    } catch (IOException | UnsupportedOperationException unknown) {
      return Optional.empty();
    }
  }

  private static boolean allows(Path path, PosixFilePermission permission) throws IOException {
    return Files.getPosixFilePermissions(path).contains(permission);
  }

  UnusableFileException unusable(String reasonAndRemedy) {
    return new UnusableFileException(setting, path, reasonAndRemedy);
  }
}
