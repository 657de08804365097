package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivingMessagesTest {

  private final ArrivingMessages messages = new ArrivingMessages();
  private final List<Long> paid = new ArrayList<>();

  @Test
  void message_isPaidFor_whenItBegins() {
    messages.payBy(paid::add);
    messages.begin(10);
    messages.begin(20);

    assertThat(paid).containsExactly(10L, 20L);
  }

  @Test
  void messagesThatBeganBefore_arePaidFor_whenTheCallAsksForThem() {
    messages.begin(10);
    messages.begin(20);
    messages.payBy(paid::add);

    assertThat(paid).containsExactly(30L);
  }

  @Test
  void afterARefusal_nothingMoreIsPaidFor() {
    messages.payBy(
        bytes -> {
          paid.add(bytes);
          return false;
        });
    messages.begin(10);
    messages.begin(20);

    assertThat(paid).containsExactly(10L);
  }

  /** If the call was ended as well, both would write its end, which breaks the connection. */
  @Test
  void messageThatIsTooLong_isLeftToGrpc() {
    messages.payBy(paid::add);
    messages.begin(Limits.MAX_REQUEST_BYTES + 1L);
    assertThat(paid).isEmpty();

    messages.begin(Limits.MAX_REQUEST_BYTES);
    assertThat(paid).containsExactly((long) Limits.MAX_REQUEST_BYTES);
  }
}
