package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Utf8;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class CursorsTest {

  private static final int MAX_ID_BYTES = 256;

  private static final int CASES = 300;
  private static final int MAX_CURSOR_BYTES = 4 << 10;
  private static final String PREFIX = "wfc1_";
  private static final StepFilter ALL = StepFilter.all("acme");

  /** Every character of base64, of either kind, and some that no token has. */
  private static final String CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= .%é";

  @Test
  void token_ofAnyPosition_givesItBack() {
    long first = Seed.first();
    for (long seed = first; seed < first + CASES; seed++) {
      Random random = new Random(seed);
      StepPosition position = position(random);
      Direction order = random.nextBoolean() ? Direction.ASCENDING : Direction.DESCENDING;

      Cursors.Token token =
          Cursors.read(Cursors.token(position, ALL, order)).orElseThrow(AssertionError::new);

      assertThat(token.position()).as("seed %d", seed).isEqualTo(position);
      assertThat(token.isOf(ALL)).as("seed %d", seed).isTrue();
      assertThat(token.isOf(ALL, order)).as("seed %d", seed).isTrue();
      assertThat(token.isOf(ALL, order.reversed())).as("seed %d", seed).isFalse();
    }
  }

  @Test
  @Rule("cursor-token")
  void token_withAnyCharacterChangedDroppedOrAdded_isNone() {
    String token = Cursors.token(new StepPosition(1_773_306_000_000_000L, "é", "r"), ALL, order());

    for (int i = 0; i <= token.length(); i++) {
      String head = token.substring(0, i);
      for (char c : CHARACTERS.toCharArray()) {
        assertNoToken(head + c + token.substring(i));
        if (i < token.length() && c != token.charAt(i)) {
          assertNoToken(head + c + token.substring(i + 1));
        }
      }
      if (i < token.length()) {
        assertNoToken(head);
        assertNoToken(head + token.substring(i + 1));
      }
    }
  }

  @Test
  void token_withAnyByteChanged_isNone() {
    byte[] bytes = bytes(Cursors.token(new StepPosition(7, "step", "run"), ALL, order()));

    for (int i = 0; i < bytes.length; i++) {
      for (int change = 1; change < 256; change++) {
        byte[] changed = bytes.clone();
        changed[i] ^= (byte) change;
        assertNoToken(text(changed));
      }
    }
  }

  @Test
  void token_forgedWithAChecksum_isNoneIfItsIdsCannotBe() {
    for (String id : List.of("a\0b", "\0")) {
      assertNoToken(Cursors.token(new StepPosition(7, id, "run"), ALL, order()));
      assertNoToken(Cursors.token(new StepPosition(7, "step", id), ALL, order()));
    }
    byte[] bytes = bytes(Cursors.token(new StepPosition(7, "step", "run"), ALL, order()));
    int step = bytes.length - Integer.BYTES - "steprun".length();
    for (int change = 0x80; change < 0x100; change++) {
      byte[] noUtf8 = bytes.clone();
      noUtf8[step] ^= (byte) change;
      assertNoToken(text(signed(noUtf8)));
    }
    byte[] tooLong = bytes.clone();
    tooLong[step - 1] = (byte) "steprun ".length();
    assertNoToken(text(signed(tooLong)));
    for (int length = 0; length < step; length++) {
      assertNoToken(text(signed(ByteBuffer.allocate(length + Integer.BYTES).array())));
    }
  }

  @Test
  @Rule("cursor-token")
  void stepIds_areNoTokens() {
    long first = Seed.first();
    for (long seed = first; seed < first + CASES; seed++) {
      Random random = new Random(seed);
      String id = id(random);
      byte[] bytes = new byte[random.nextInt(180)];
      random.nextBytes(bytes);

      assertThat(Cursors.read(id)).as("seed %d", seed).isEmpty();
      assertThat(Cursors.read(PREFIX + id)).as("seed %d", seed).isEmpty();
      assertThat(Cursors.read(text(bytes))).as("seed %d", seed).isEmpty();
    }
    for (String id : List.of("", PREFIX, "wfc1", "wfc2_", PREFIX + "AAAAAAAA", "step-1")) {
      assertNoToken(id);
    }
  }

  @Test
  void cursor_ofEveryPosition_isReadAsThatPosition() {
    StepFilter run = StepFilter.run("acme", "run");
    String token = Cursors.token(new StepPosition(7, "step", "run"), run, order());

    for (String id : List.of("step", PREFIX, token.substring(0, token.length() - 1), token)) {
      for (long time : new long[] {Long.MIN_VALUE, -1, 0, StepPosition.NO_TIME}) {
        StepPosition position = new StepPosition(time, id, "run");
        String cursor = Cursors.of(position, run, order());

        assertThat(Cursors.read(cursor).map(Cursors.Token::position))
            .isEqualTo(cursor.equals(id) ? Optional.empty() : Optional.of(position));
      }
    }
  }

  @Test
  @Rule("cursor-bound")
  void token_ofEveryList_isOfNoOther() {
    List<StepFilter> filters = new ArrayList<>(AFilter.shapes("acme"));
    Optional<String> same = Optional.of("same");
    StepFilter all = StepFilter.all("acme");
    filters.add(all.withRunId(same));
    filters.add(all.withWorkflowId(same));
    filters.add(all.withBlockId(same));
    filters.add(all.withStepId(same));
    filters.add(all.withBlockTypes(List.of("same")));
    filters.add(all.withStatuses(List.of("same")));
    filters.add(all.withBlockTypes(List.of("sa", "me")));
    filters.add(all.withExcludedStatuses(List.of("same")));
    filters.add(all.withExcludedStatuses(List.of("sa", "me")));
    filters.add(all.withSortBy(SortBy.ENDED_AT));
    for (SortBy sortBy : SortBy.values()) {
      filters.add(all.withSortBy(sortBy).withTimes(times(7, 8)));
      filters.add(all.withSortBy(sortBy).withTimes(times(7, TimeRange.END)));
      filters.add(all.withSortBy(sortBy).withTimes(times(TimeRange.BEGINNING, 7)));
      filters.add(
          all.withSortBy(sortBy).withTimes(times(7, 8)).withExcludedStatuses(List.of("same")));
    }

    Set<String> lists = new HashSet<>();
    for (StepFilter filter : filters) {
      for (Direction order : Direction.values()) {
        String token = Cursors.token(new StepPosition(7, "step", "run"), filter, order);
        assertThat(lists.add(token)).as("%s %s", order, filter).isTrue();
      }
    }
  }

  @Test
  @Rule("cursor-bound")
  void token_isOfTheSameList_inEitherView() {
    StepPosition position = new StepPosition(7, "step", "run");

    assertThat(Cursors.token(position, ALL.withView(View.BASIC), order()))
        .isEqualTo(Cursors.token(position, ALL, order()));
  }

  @Test
  void token_usedElsewhere_isToldApart() {
    InMemoryStepStore store = new InMemoryStepStore();
    StepLister lister = new StepLister(store, store, 1_000);
    StepPosition position = new StepPosition(7, "step", "run");
    for (StepFilter filter : AFilter.shapes("acme")) {
      StepFilter other = filter.equals(ALL) ? StepFilter.run("acme", "run") : ALL;
      String token = Cursors.token(position, filter, Direction.ASCENDING);

      assertThat(lister.list(after(filter, Direction.ASCENDING, token), call()))
          .isEqualTo(Page.empty());
      assertRefused(lister, after(filter, Direction.DESCENDING, token), mismatch());
      assertRefused(lister, after(other, Direction.ASCENDING, token), mismatch());
      assertRefused(
          lister,
          after(organization(filter, "acm"), Direction.ASCENDING, token),
          FailedCallException.Reason.CURSOR_NOT_FOUND);
      assertRefused(
          lister,
          after(organization(other, "acme2"), Direction.DESCENDING, token),
          FailedCallException.Reason.CURSOR_NOT_FOUND);
    }
  }

  @Test
  void token_ofTheLongestIds_isNotTooLong_andNeedsNoEscape() {
    for (String c : List.of("x", "é", "\uFFFF", "😀")) {
      String id = c.repeat(MAX_ID_BYTES / c.getBytes(StandardCharsets.UTF_8).length);
      StepPosition position = new StepPosition(Long.MIN_VALUE, id, id);
      StepFilter filter =
          StepFilter.run(id, id)
              .withWorkflowId(Optional.of(id))
              .withBlockId(Optional.of(id))
              .withStepId(Optional.of(id))
              .withBlockTypes(Words.BLOCK_TYPE.all())
              .withStatuses(Words.STATUS.all());

      String token = Cursors.token(position, filter, order());

      assertThat(token).matches("[A-Za-z0-9_-]+").hasSizeLessThanOrEqualTo(MAX_CURSOR_BYTES);
      assertThat(Cursors.read(token).orElseThrow().position()).isEqualTo(position);
    }
  }

  private static void assertNoToken(String text) {
    assertThat(Cursors.read(text)).as("%s", Quote.text(text)).isEmpty();
  }

  private static void assertRefused(
      StepLister lister, PageQuery<StepFilter> query, FailedCallException.Reason reason) {
    assertThatThrownBy(() -> lister.list(query, call()))
        .isInstanceOfSatisfying(
            FailedCallException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static FailedCallException.Reason mismatch() {
    return FailedCallException.Reason.CURSOR_FILTER_MISMATCH;
  }

  private static PageQuery<StepFilter> after(StepFilter filter, Direction order, String cursor) {
    return new PageQuery<>(filter, order, Optional.of(new Anchor(Side.AFTER, cursor)), 5);
  }

  private static StepFilter organization(StepFilter filter, String organizationId) {
    return StepFilter.all(organizationId)
        .withRunId(filter.runId())
        .withWorkflowId(filter.workflowId())
        .withBlockId(filter.blockId())
        .withStepId(filter.stepId())
        .withBlockTypes(filter.blockTypes())
        .withStatuses(filter.statuses())
        .withExcludedStatuses(filter.excludedStatuses())
        .withSortBy(filter.sortBy())
        .withTimes(filter.times())
        .withView(filter.view());
  }

  private static StepPosition position(Random random) {
    List<Long> times = List.of(StepPosition.NO_TIME, Long.MIN_VALUE, 0L, -1L, random.nextLong());
    return new StepPosition(times.get(random.nextInt(times.size())), id(random), id(random));
  }

  /** As long as an id may be, and of any characters that it may hold. */
  private static String id(Random random) {
    StringBuilder id = new StringBuilder();
    int most = 1 + random.nextInt(MAX_ID_BYTES);
    while (true) {
      String c = Character.toString(character(random));
      if (!id.isEmpty() && Utf8.encodedLength(id + c) > most) {
        return id.toString();
      }
      id.append(c);
    }
  }

  private static int character(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0xA0 + random.nextInt(0x700);
      case 1 -> 0xE000 + random.nextInt(0x2000);
      case 2 -> 0x10000 + random.nextInt(0x100000);
      default -> 0x20 + random.nextInt(0x5F);
    };
  }

  private static byte[] bytes(String token) {
    return Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
  }

  private static String text(byte[] bytes) {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The same with the right checksum, which anybody can compute. */
  private static byte[] signed(byte[] bytes) {
    int end = bytes.length - Integer.BYTES;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    return ByteBuffer.wrap(bytes.clone()).putInt(end, (int) crc.getValue()).array();
  }

  private static Optional<TimeRange> times(long from, long to) {
    return Optional.of(new TimeRange(from, to));
  }

  private static Direction order() {
    return Direction.ASCENDING;
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(10));
  }
}
