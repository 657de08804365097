package dev.workflowsteps.server.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who a port or a client is.
 *
 * @param chain the certificate, then those of the CAs between it and the root
 * @param key the certificate's
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {

  /** Types of names in a certificate, by RFC 5280. */
  private static final List<Integer> DNS_OR_IP = List.of(2, 7);

  X509Certificate certificate() {
    return chain.get(0);
  }

  /** {@code RSA} or {@code EC}. */
  String keyType() {
    return key.getAlgorithm();
  }

  /** Whether the certificate is that of the key. */
  boolean matches() {
    byte[] text = {1, 2, 3};
    try {
      Signature signature =
          Signature.getInstance(keyType().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate().getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException otherTypeOfKey) {
      return false;
    }
  }

  Instant validFrom() {
    return certificate().getNotBefore().toInstant();
  }

  Instant validUntil() {
    return certificate().getNotAfter().toInstant();
  }

  boolean isValid(Instant now) {
    return !now.isBefore(validFrom()) && !now.isAfter(validUntil());
  }

  /** The names that clients look for, for example {@code localhost, 127.0.0.1}. */
  String names() {
    try {
      Collection<List<?>> names = certificate().getSubjectAlternativeNames();
      if (names != null && names.stream().anyMatch(Identity::isDnsOrIp)) {
        return names.stream()
            .filter(Identity::isDnsOrIp)
            .map(name -> name.get(1).toString())
            .collect(Collectors.joining(", "));
      }
    } catch (GeneralSecurityException unreadableNames) {
      // The subject names it too.
    }
    return certificate().getSubjectX500Principal().getName();
  }

  private static boolean isDnsOrIp(List<?> name) {
    return DNS_OR_IP.contains(name.get(0));
  }
}
