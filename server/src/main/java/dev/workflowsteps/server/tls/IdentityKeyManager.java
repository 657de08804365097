package dev.workflowsteps.server.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows the latest identity in each handshake. Each has an alias of its own, so that a handshake
 * never meets the certificate of one and the key of the next, and what is cached for an alias stays
 * true.
 */
final class IdentityKeyManager extends X509ExtendedKeyManager {

  private static final String[] NONE = {};

  private record Named(String alias, Identity identity) {}

  private volatile Named current;

  /** Handshakes that began before the last change still ask for it. */
  private volatile Named previous;

  private int used;

  /** The latest; empty before the first. */
  Optional<Identity> latest() {
    return Optional.ofNullable(current).map(Named::identity);
  }

  synchronized void use(Identity identity) {
    used++;
    previous = current;
    current = new Named(Integer.toString(used), identity);
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    Named named = current;
    return named.identity().keyType().equals(keyType) ? named.alias() : null;
  }

  /** A server that asks for a certificate decides about it, whatever issuers it names. */
  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    Named named = current;
    return Stream.of(keyTypes).anyMatch(named.identity().keyType()::equals) ? named.alias() : null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    Identity identity = identity(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    Identity identity = identity(alias);
    return identity == null ? null : identity.key();
  }

  /** Null if it is none of the last two. */
  private Identity identity(String alias) {
    // In this order: what is no longer current is the previous one by then.
    for (Named named : new Named[] {current, previous}) {
      if (named != null && named.alias().equals(alias)) {
        return named.identity();
      }
    }
    return null;
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return chooseEngineClientAlias(keyTypes, issuers, null);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return NONE;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return NONE;
  }
}
