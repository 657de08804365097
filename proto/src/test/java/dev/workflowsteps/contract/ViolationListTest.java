package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViolationListTest {

  private static final FieldBounds LIMIT =
      FieldBounds.of(ListWorkflowStepsRequest.getDescriptor(), "limit");

  private final ViolationList list = new ViolationList();

  @Test
  void invalid_quotesTheValueInTheSentence_andGivesItAsItIsBeside() {
    list.invalid("run_id", "a\"b\u202e", "no control characters");

    assertThat(only().getDescription())
        .isEqualTo("run_id: \"a\\\"b\\u202e\" (expected: no control characters)");
    assertThat(only().getValue()).isEqualTo("a\"b\u202e");
    assertThat(only().getReason()).isEqualTo("invalid_value");
  }

  @Test
  void invalidNumber_showsANumberBare_andAnythingElseQuoted() {
    list.invalidNumber("limit", "0", LIMIT);
    list.invalidNumber("limit", "a\"b", LIMIT);

    assertThat(descriptions())
        .containsExactly(
            "limit: 0 (expected: 1..1000)",
            "limit: \"a\\\"b\" (expected: a whole number, 1..1000)");
    assertThat(list.toMessage().getViolations(0).getAllowedList()).containsExactly("1..1000");
  }

  @Test
  void unknownWord_listsTheWordsOnceForAParameter() {
    list.unknownWord("status", "zebra", Words.STATUS);
    list.unknownWord("status", "yak", Words.STATUS);
    list.unknownWord("status", "failed", Words.STATUS);

    assertThat(list.toMessage().getViolations(0).getAllowedList()).isEqualTo(Words.STATUS.all());
    assertThat(list.toMessage().getViolations(1).getAllowedList()).isEmpty();
    assertThat(descriptions().get(0))
        .startsWith("status: \"zebra\" (expected: one of pending, queued");
    assertThat(descriptions().get(1)).isEqualTo("status: \"yak\" (expected: as above)");
    assertThat(descriptions().get(2)).isEqualTo("status: \"failed\" (did you mean error?)");
    assertThat(list.toMessage().getViolations(2).getSuggestion()).isEqualTo("error");
  }

  @Test
  void unknownParameter_showsNoValue_andNoKey() {
    list.unknownParameter("statsu", List.of("status", "limit"));
    list.unknownParameter("wfs_0a1B2c3D_secret", List.of("status", "limit"));

    assertThat(descriptions())
        .containsExactly(
            "statsu: unknown parameter (did you mean status?)",
            "wfs_…: unknown parameter (expected: one of status, limit)");
    assertThat(list.toMessage().getViolations(0).hasValue()).isFalse();
  }

  @Test
  void unknownParameter_listsTheNamesOnce_alsoWhenTheFirstWasSuggested() {
    list.unknownParameter("zebra", List.of("status", "limit"));
    list.unknownParameter("yak", List.of("status", "limit"));

    assertThat(descriptions())
        .containsExactly(
            "zebra: unknown parameter (expected: one of status, limit)",
            "yak: unknown parameter (expected: as above)");
  }

  @Test
  void theEleventh_isOnlyCounted() {
    for (int i = 0; i < 12; i++) {
      list.empty("p" + i);
    }

    assertThat(list.toMessage().getViolationsCount()).isEqualTo(ViolationList.MAX_VIOLATIONS);
    assertThat(list.toMessage().getOmitted()).isEqualTo(2);
  }

  @Test
  void aLongOne_thatDoesNotFit_isOnlyCounted() {
    String expected = "x".repeat(1_000);
    list.invalid("a", "b", expected);
    list.invalid("c", "d", expected);
    list.empty("e");

    assertThat(list.toMessage().getViolationsCount()).isEqualTo(1);
    assertThat(list.toMessage().getOmitted()).isEqualTo(2);
  }

  @Test
  void aListThatGoesOn_keepsWhatWasFoundEarlier() {
    list.empty("run_id");
    Violations earlier = list.toMessage();

    ViolationList both = new ViolationList(earlier);
    both.exclusive("before", "after");

    assertThat(both.names("run_id")).isTrue();
    assertThat(both.names("after")).isFalse();
    assertThat(both.toMessage().getViolationsList())
        .extracting(Violation::getField)
        .containsExactly("run_id", "before");
  }

  /** Anybody with a key may send such a list to the server, not only the REST adapter. */
  @Test
  void aListThatGoesOn_isBounded_whateverItWasGiven() {
    Violation huge = Violation.newBuilder().setField("a").setValue("x".repeat(6_000)).build();

    ViolationList both =
        new ViolationList(Violations.newBuilder().addViolations(huge).setOmitted(-1).build());
    both.empty("run_id");

    assertThat(((Message) both.toMessage()).getSerializedSize()).isLessThan(2_000);
    assertThat(both.toMessage().getOmitted()).isEqualTo(2);
    assertThat(both.isEmpty()).isFalse();
  }

  @Test
  void key_isNotShown() {
    list.key("run_id");

    assertThat(only().getValue()).isEqualTo("wfs_…");
    assertThat(((Message) only()).toString()).doesNotContain("secret");
  }

  private Violation only() {
    assertThat(list.toMessage().getViolationsCount()).isEqualTo(1);
    return list.toMessage().getViolations(0);
  }

  private List<String> descriptions() {
    return list.toMessage().getViolationsList().stream().map(Violation::getDescription).toList();
  }
}
