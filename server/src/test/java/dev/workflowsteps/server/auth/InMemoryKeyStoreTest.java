package dev.workflowsteps.server.auth;

class InMemoryKeyStoreTest extends KeyStoreContract {

  private final KeyStore keys = new InMemoryKeyStore();

  @Override
  protected KeyStore keys() {
    return keys;
  }
}
