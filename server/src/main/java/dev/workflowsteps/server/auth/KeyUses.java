package dev.workflowsteps.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes on which day keys are used, and writes it to the store later, each key once a day. Calls
 * never wait for that, and nothing depends on it: what can't be written is tried again for as long
 * as there is room for it. Thread-safe.
 */
public final class KeyUses {

  private static final Logger LOG = LoggerFactory.getLogger(KeyUses.class);

  private static final long MILLIS_PER_DAY = TimeUnit.DAYS.toMillis(1);

  /** About 10 MB. A key that was evicted is written again, which changes nothing. */
  private static final int MOST_KEYS = 50_000;

  /** About 1 MB. */
  private static final int MOST_UNWRITTEN = 10_000;

  private static final int MOST_KEYS_OF_A_STATEMENT = 500;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** After failures in a row, so many times are left out at most. */
  private static final int MOST_SKIPPED = 60;

  private final KeyStore keys;
  private final Clock clock;

  /** The day of each key's latest use, counted from 1970. */
  private final Cache<String, Long> days = Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

  private final Set<Use> unwritten = ConcurrentHashMap.newKeySet();

  /** Of the thread that writes, like what follows. */
  private int skip;

  private int skipNext = 1;

  private record Use(String keyId, Group group) {}

  /** What one statement can write. */
  private record Group(String organizationId, LocalDate day) {}

  public KeyUses(KeyStore keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** Notes that a key is used now. */
  public void add(Authenticated key) {
    long day = clock.millis() / MILLIS_PER_DAY;
    Long noted = days.getIfPresent(key.keyId());
    if ((noted == null || noted != day) && unwritten.size() < MOST_UNWRITTEN) {
      days.put(key.keyId(), day);
      unwritten.add(
          new Use(key.keyId(), new Group(key.organizationId(), LocalDate.ofEpochDay(day))));
    }
  }

  /** Writes what was noted; to be called every few seconds, by one thread. */
  public void write() {
    if (unwritten.isEmpty()) {
      return;
    }
    if (skip > 0) {
      skip--;
      return;
    }
    try {
      unwritten.stream().collect(Collectors.groupingBy(Use::group)).forEach(this::write);
      skipNext = 1;
    } catch (RuntimeException e) {
      if (skipNext == 1) {
        LOG.warn("the last use of keys can't be written ({}); trying again", e.getMessage());
      }
      skip = skipNext;
      skipNext = Math.min(MOST_SKIPPED, skipNext * 2);
    }
  }

  private void write(Group group, List<Use> uses) {
    for (int from = 0; from < uses.size(); from += MOST_KEYS_OF_A_STATEMENT) {
      List<Use> some = uses.subList(from, Math.min(uses.size(), from + MOST_KEYS_OF_A_STATEMENT));
      // What fails in an unexpected way, as when a key is deleted meanwhile, is not tried again.
      some.forEach(unwritten::remove);
      try {
        keys.setLastUsed(
            group.organizationId(),
            some.stream().map(Use::keyId).toList(),
            group.day(),
            Call.within(TIMEOUT));
      } catch (FailedCallException e) {
        unwritten.addAll(some);
        throw e;
      }
    }
  }
}
