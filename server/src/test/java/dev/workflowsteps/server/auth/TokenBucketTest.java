package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {

  private static final long SECOND = 1_000_000_000;

  /** Times may be negative, and near the end of their range. */
  private static final long START = Long.MAX_VALUE - 3 * SECOND;

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 7, 1_000_000_000, Long.MAX_VALUE})
  void full_hasASecondsWorth(long rate) {
    TokenBucket bucket = new TokenBucket(rate, START);

    assertThat(bucket.take(rate, 0, START + SECOND * 100).remaining())
        .isEqualTo(Math.min(rate, 4_000_000_000L));
  }

  @Test
  void take_passesUntilNothingIsLeft_andAgainAtTheNanosecondOfTheNextToken() {
    TokenBucket bucket = new TokenBucket(3, START);
    assertThat(bucket.take(3, 1, START))
        .isEqualTo(new TokenBucket.Balance(false, 2, Duration.ZERO));
    assertThat(bucket.take(3, 1, START).remaining()).isEqualTo(1);
    assertThat(bucket.take(3, 1, START))
        .isEqualTo(new TokenBucket.Balance(false, 0, Duration.ofNanos(333_333_334)));
    assertThat(bucket.take(3, 1, START + 1))
        .isEqualTo(new TokenBucket.Balance(true, 0, Duration.ofNanos(333_333_333)));

    assertThat(bucket.take(3, 1, START + 333_333_333).exhausted()).isTrue();
    assertThat(bucket.take(3, 1, START + 333_333_334).exhausted()).isFalse();
  }

  @Test
  void spend_beyondWhatIsThere_isMadeUpForFirst() {
    TokenBucket bucket = new TokenBucket(10, START);

    bucket.spend(35, START);

    assertThat(bucket.take(10, 0, START))
        .isEqualTo(new TokenBucket.Balance(true, 0, Duration.ofMillis(2_600)));
    assertThat(bucket.take(10, 0, START + 2_600_000_000L - 1).exhausted()).isTrue();
    assertThat(bucket.take(10, 0, START + 2_600_000_000L))
        .isEqualTo(new TokenBucket.Balance(false, 1, Duration.ZERO));
  }

  @Test
  void spend_withoutEnd_neitherOverflowsNorRefillsTheBucket() {
    TokenBucket bucket = new TokenBucket(Long.MAX_VALUE, START);

    for (int i = 0; i < 10; i++) {
      bucket.spend(Long.MAX_VALUE, START);
      assertThat(bucket.take(Long.MAX_VALUE, 0, START).exhausted()).isTrue();
    }
    assertThat(bucket.take(Long.MAX_VALUE, 0, START + 3 * SECOND).remaining())
        .isEqualTo(4_000_000_000L);
  }

  @Test
  void rate_thatChanges_keepsWhatIsThere_upToASecondsWorth() {
    TokenBucket bucket = new TokenBucket(10, START);
    bucket.spend(4, START);

    assertThat(bucket.take(100, 0, START).remaining()).isEqualTo(6);
    assertThat(bucket.take(100, 0, START + SECOND / 10).remaining()).isEqualTo(16);
    assertThat(bucket.take(2, 0, START + SECOND / 10).remaining()).isEqualTo(2);
  }

  @Test
  void times_outOfOrder_bringNothingTwice() {
    TokenBucket bucket = new TokenBucket(10, START);
    bucket.spend(10, START);

    assertThat(bucket.take(10, 0, START + SECOND / 2).remaining()).isEqualTo(5);
    assertThat(bucket.take(10, 0, START).remaining()).isEqualTo(5);
    assertThat(bucket.take(10, 0, START + SECOND / 2).remaining()).isEqualTo(5);
  }

  /** Beside numbers without an end. */
  @Test
  void randomUse_isExact() {
    Random random = new Random(16);
    BigInteger billion = BigInteger.valueOf(SECOND);
    for (int trial = 0; trial < 200; trial++) {
      long rate = 1 + random.nextInt(1_000_000_000);
      BigInteger most = BigInteger.valueOf(rate).multiply(billion);
      BigInteger expected = most;
      TokenBucket bucket = new TokenBucket(rate, START);
      long now = START;
      for (int i = 0; i < 100; i++) {
        long passed = random.nextInt(random.nextBoolean() ? 1_000 : 2_000_000_000);
        now += passed;
        expected = expected.add(BigInteger.valueOf(passed).multiply(BigInteger.valueOf(rate)));
        expected = expected.min(most);
        long spent = random.nextInt(70_000_000);
        expected = expected.subtract(BigInteger.valueOf(spent).multiply(billion));

        bucket.spend(spent, now);

        assertThat(BigInteger.valueOf(bucket.take(rate, 0, now).remaining()))
            .isEqualTo(expected.max(BigInteger.ZERO).divide(billion));
      }
    }
  }

  @Test
  void threads_takeEachTokenOnce() throws Exception {
    TokenBucket bucket = new TokenBucket(1_000, START);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Long> takes =
          () ->
              IntStream.range(0, 1_000)
                  .filter(i -> !bucket.take(1_000, 1, START).exhausted())
                  .count();
      long taken = 0;
      for (Future<Long> done : threads.invokeAll(List.of(takes, takes, takes, takes))) {
        taken += done.get();
      }
      assertThat(taken).isEqualTo(1_000);
    } finally {
      threads.shutdownNow();
    }
  }
}
