package dev.workflowsteps.server.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where organizations and their keys are kept. Every method may throw {@link
 * dev.workflowsteps.server.call.FailedCallException} with {@code UNAVAILABLE}; what was changed is
 * durable on return.
 */
public interface KeyStore {

  /** The key with this id, of whichever organization, also if it is expired or revoked. */
  Optional<StoredKey> find(String keyId);

  boolean organizationExists(String organizationId);

  /** Makes an organization; false if it was there already. */
  boolean createOrganization(String organizationId, Instant createdAt);

  /** The keys of an organization, the oldest first, revoked and expired ones too. */
  List<StoredKey> list(String organizationId);

  /** Adds a key to an organization that exists. */
  void insert(StoredKey key);

  /** Sets the end of a key; false if the organization has no such key. */
  boolean expire(String organizationId, String keyId, Instant expiresAt);

  /**
   * Revokes a key; false if the organization has no such key. Revoking twice keeps the first time.
   */
  boolean revoke(String organizationId, String keyId, Instant revokedAt);
}
