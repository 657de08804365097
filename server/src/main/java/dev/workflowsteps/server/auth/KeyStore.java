package dev.workflowsteps.server.auth;

import dev.workflowsteps.server.call.Call;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * Stores organizations and their keys. Every method may throw {@link
 * dev.workflowsteps.server.call.FailedCallException} with {@code UNAVAILABLE}. Changes are durable
 * when a method returns.
 */
public interface KeyStore {

  /**
   * The key with this id, of any organization, even if it is expired or revoked, and the limits of
   * its organization.
   */
  Optional<KeyWithLimits> find(String keyId);

  boolean organizationExists(String organizationId);

  /** Creates an organization; false if it exists already. */
  boolean createOrganization(String organizationId, Instant createdAt);

  /**
   * The first organizations in the order of their names, by bytes.
   *
   * @param after only those behind this name; empty text = from the first on
   * @param limit the most that are returned
   */
  List<Organization> organizations(String after, int limit);

  /** The limits of an organization; empty if it does not exist. */
  Optional<OrganizationLimits> limits(String organizationId);

  /** Replaces both limits of an organization; false if it does not exist. */
  boolean limit(String organizationId, OrganizationLimits limits);

  /** The keys of an organization, the oldest first, including expired and revoked ones. */
  List<ListedKey> list(String organizationId);

  /** Adds a key to an organization that exists. */
  void insert(StoredKey key);

  /** Sets when a key expires; false if the organization has no such key. */
  boolean expire(String organizationId, String keyId, Instant expiresAt);

  /**
   * Revokes a key; false if the organization has no such key. Revoking twice keeps the first time.
   */
  boolean revoke(String organizationId, String keyId, Instant revokedAt);

  /**
   * Sets the day on which keys were last used, unless a later one is known. Those that the
   * organization does not have are left out.
   *
   * @param day in UTC
   */
  void setLastUsed(String organizationId, List<String> keyIds, LocalDate day, Call call);
}
