package dev.workflowsteps.server.auth;

import dev.workflowsteps.server.call.Call;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Keys in a map; counts how often it is asked for one. */
public class InMemoryKeyStore implements KeyStore {

  private final Map<String, OrganizationLimits> organizations = new ConcurrentSkipListMap<>();
  private final Map<String, Instant> created = new ConcurrentHashMap<>();
  private final Map<String, StoredKey> keys = new ConcurrentHashMap<>();
  private final Map<String, LocalDate> lastUses = new ConcurrentHashMap<>();
  private final AtomicInteger finds = new AtomicInteger();

  /** How often {@link #find} was called. */
  public int finds() {
    return finds.get();
  }

  @Override
  public Optional<KeyWithLimits> find(String keyId) {
    finds.incrementAndGet();
    return Optional.ofNullable(keys.get(keyId))
        .map(key -> new KeyWithLimits(key, limits(key.organizationId()).orElseThrow()));
  }

  @Override
  public boolean organizationExists(String organizationId) {
    return organizations.containsKey(organizationId);
  }

  @Override
  public boolean createOrganization(String organizationId, Instant createdAt) {
    created.putIfAbsent(organizationId, createdAt);
    return organizations.putIfAbsent(organizationId, OrganizationLimits.DEFAULT) == null;
  }

  @Override
  public List<Organization> organizations(String after, int limit) {
    return organizations.keySet().stream()
        .filter(name -> name.compareTo(after) > 0)
        .limit(limit)
        .map(name -> new Organization(name, created.get(name), list(name).size()))
        .toList();
  }

  @Override
  public Optional<OrganizationLimits> limits(String organizationId) {
    return Optional.ofNullable(organizations.get(organizationId));
  }

  @Override
  public boolean limit(String organizationId, OrganizationLimits limits) {
    return organizations.replace(organizationId, limits) != null;
  }

  @Override
  public List<ListedKey> list(String organizationId) {
    return keys.values().stream()
        .filter(key -> key.organizationId().equals(organizationId))
        .sorted(Comparator.comparing(StoredKey::createdAt))
        .map(key -> new ListedKey(key, Optional.ofNullable(lastUses.get(key.keyId()))))
        .toList();
  }

  @Override
  public void insert(StoredKey key) {
    if (!organizationExists(key.organizationId())) {
      throw new IllegalArgumentException("no such organization: " + key.organizationId());
    }
    keys.put(key.keyId(), key);
  }

  @Override
  public boolean expire(String organizationId, String keyId, Instant expiresAt) {
    return change(
        organizationId, keyId, key -> ended(key, Optional.of(expiresAt), key.revokedAt()));
  }

  @Override
  public boolean revoke(String organizationId, String keyId, Instant revokedAt) {
    return change(
        organizationId,
        keyId,
        key -> ended(key, key.expiresAt(), key.revokedAt().or(() -> Optional.of(revokedAt))));
  }

  @Override
  public void setLastUsed(String organizationId, List<String> keyIds, LocalDate day, Call call) {
    for (String id : keyIds) {
      if (keys.containsKey(id) && keys.get(id).organizationId().equals(organizationId)) {
        lastUses.merge(id, day, (one, other) -> one.isAfter(other) ? one : other);
      }
    }
  }

  private boolean change(String organizationId, String keyId, UnaryOperator<StoredKey> change) {
    StoredKey key = keys.get(keyId);
    if (key == null || !key.organizationId().equals(organizationId)) {
      return false;
    }
    keys.put(keyId, change.apply(key));
    return true;
  }

  private static StoredKey ended(
      StoredKey key, Optional<Instant> expiresAt, Optional<Instant> revokedAt) {
    return new StoredKey(
        key.keyId(),
        key.organizationId(),
        key.scopes(),
        key.secretSha256(),
        key.createdAt(),
        expiresAt,
        revokedAt);
  }
}
