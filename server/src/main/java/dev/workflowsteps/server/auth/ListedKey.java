package dev.workflowsteps.server.auth;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A key, and when it was last used.
 *
 * @param lastUsed the day in UTC; empty if no use is known
 */
public record ListedKey(StoredKey key, Optional<LocalDate> lastUsed) {}
