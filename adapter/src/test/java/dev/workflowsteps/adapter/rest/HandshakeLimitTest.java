package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeLimitTest {

  private final EmbeddedChannel connection = new EmbeddedChannel();

  @Test
  void handshakeThatDoesNotEnd_endsTheConnection() {
    begin();

    pass(4_999);
    assertThat(connection.isOpen()).isTrue();
    pass(1);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void handshakeThatEnds_leavesTheConnectionAlone() {
    begin();

    pass(4_999);
    connection.pipeline().fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
    pass(60_000);

    assertThat(connection.isOpen()).isTrue();
    assertThat(connection.pipeline().get(HandshakeLimit.class)).isNull();
  }

  private void begin() {
    connection.freezeTime();
    connection.pipeline().addLast(new HandshakeLimit(Duration.ofSeconds(5)));
  }

  private void pass(long millis) {
    connection.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    connection.runScheduledPendingTasks();
  }
}
