package dev.workflowsteps.adapter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Calls to several servers over sockets, some of which fail. */
@Timeout(60)
class RetryingChannelTest {

  private static final Status UNAVAILABLE = Status.UNAVAILABLE.withDescription("no database");

  private final List<FakeServer> fakes = new ArrayList<>();
  private final Queue<RetryOutcome> outcomes = new ConcurrentLinkedQueue<>();
  private UpstreamServers servers;
  private RetryingChannel channel;

  @AfterEach
  void stop() {
    servers.close();
    fakes.forEach(FakeServer::close);
  }

  @Test
  void calls_goToEachServerInTurn() throws Exception {
    start(3);

    for (int i = 0; i < 30; i++) {
      call(FakeServer.READ).get();
    }

    assertThat(fakes).allSatisfy(server -> assertThat(server.calls).hasValue(10));
    assertThat(outcomes).isEmpty();
  }

  @Test
  void read_whoseServerIsUnavailable_isServedByAnother() throws Exception {
    start(2);
    fakes.get(0).answer = UNAVAILABLE;

    for (int i = 0; i < 10; i++) {
      call(FakeServer.READ).get();
    }

    assertThat(fakes.get(0).calls).hasValue(5);
    assertThat(fakes.get(1).calls).hasValue(10);
    assertThat(outcomes).hasSize(5).containsOnly(RetryOutcome.SUCCEEDED);
  }

  @Test
  void read_thatASecondServerFailsToo_fails() {
    start(3);
    fakes.forEach(server -> server.answer = UNAVAILABLE);

    assertThat(failure(call(FakeServer.READ)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    assertThat(fakes.stream().mapToInt(server -> server.calls.get()).sum()).isEqualTo(2);
    assertThat(outcomes).containsExactly(RetryOutcome.FAILED);
  }

  @Test
  void read_thatASecondServerRejects_isAnswered() {
    start(2);
    fakes.get(0).answer = UNAVAILABLE;
    fakes.get(1).answer = Status.NOT_FOUND;

    assertThat(failure(call(FakeServer.READ)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(failure(call(FakeServer.READ)).getCode()).isEqualTo(Status.Code.NOT_FOUND);

    assertThat(outcomes).containsExactly(RetryOutcome.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      mode = Mode.EXCLUDE,
      names = {"OK", "UNAVAILABLE"})
  void read_thatFailsOtherwise_isNotRetried(Status.Code code) {
    start(2);
    fakes.forEach(server -> server.answer = code.toStatus());

    assertThat(failure(call(FakeServer.READ)).getCode()).isEqualTo(code);

    assertThat(fakes.stream().mapToInt(server -> server.calls.get()).sum()).isEqualTo(1);
    assertThat(outcomes).isEmpty();
  }

  @Test
  void write_isNotRetried() {
    start(2);
    fakes.forEach(server -> server.answer = UNAVAILABLE);

    assertThat(failure(call(FakeServer.WRITE)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    assertThat(fakes.stream().mapToInt(server -> server.calls.get()).sum()).isEqualTo(1);
    assertThat(outcomes).isEmpty();
  }

  @Test
  void read_whoseDeadlineHasPassed_isNotRetried() {
    start(2);
    AtomicLong now = new AtomicLong();
    Deadline deadline =
        Deadline.after(
            1,
            TimeUnit.HOURS,
            new Deadline.Ticker() {
              @Override
              public long nanoTime() {
                return now.get();
              }
            });
    fakes.forEach(
        server -> {
          server.answer = UNAVAILABLE;
          server.onCall = () -> now.set(TimeUnit.HOURS.toNanos(2));
        });

    Status status =
        failure(
            channel.call(
                FakeServer.READ,
                new byte[0],
                new Metadata(),
                CallOptions.DEFAULT.withDeadline(deadline)));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(fakes.stream().mapToInt(server -> server.calls.get()).sum()).isEqualTo(1);
    assertThat(outcomes).isEmpty();
  }

  @Test
  void outageOfAllServers_retriesNoMoreThanTheBudget() {
    start(2);
    fakes.forEach(server -> server.answer = UNAVAILABLE);

    List<ListenableFuture<UnaryResponse>> calls =
        Stream.generate(() -> call(FakeServer.READ)).limit(80).toList();

    assertThat(calls)
        .allSatisfy(call -> assertThat(failure(call).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    assertThat(fakes.stream().mapToInt(server -> server.calls.get()).sum()).isEqualTo(80 + 50);
    assertThat(outcomes)
        .hasSize(80)
        .containsOnly(RetryOutcome.FAILED, RetryOutcome.OVER_BUDGET)
        .filteredOn(outcome -> outcome == RetryOutcome.OVER_BUDGET)
        .hasSize(30);
  }

  @Test
  void read_withoutAnotherServer_fails() throws Exception {
    start(1);
    fakes.get(0).answer = UNAVAILABLE;
    assertThat(failure(call(FakeServer.READ)).getDescription()).isEqualTo("no database");
    assertThat(outcomes).containsExactly(RetryOutcome.NO_OTHER_SERVER);

    servers.close();
    start(1);
    fakes.get(1).kill();
    await().until(() -> servers.problems().size() == 1);
    assertThat(failure(call(FakeServer.READ)).getDescription()).isEqualTo("no database");
    assertThat(outcomes)
        .containsExactly(RetryOutcome.NO_OTHER_SERVER, RetryOutcome.NO_OTHER_SERVER);
  }

  @Test
  void cancelledRead_isCancelledAtItsServer_alsoWhenItIsRetried() throws Exception {
    start(2);
    FakeServer failing = fakes.get(0);
    FakeServer hanging = fakes.get(1);
    failing.answer = UNAVAILABLE;
    hanging.hangs = true;
    ListenableFuture<UnaryResponse> first = call(FakeServer.READ);
    ListenableFuture<UnaryResponse> second = call(FakeServer.READ);
    await().until(() -> hanging.calls.get() == 2);

    first.cancel(true);
    second.cancel(true);

    await().until(() -> hanging.cancelled.get() == 2);
    assertThat(outcomes).isEmpty();
  }

  /** So many servers more, all of which serve. */
  private void start(int count) {
    for (int i = 0; i < count; i++) {
      fakes.add(new FakeServer());
    }
    servers =
        UpstreamServers.start(fakes.stream().map(FakeServer::address).toList(), Optional.empty());
    channel = new RetryingChannel(servers, outcomes::add, new RetryBudget(() -> 0));
    await().until(() -> servers.serving() == fakes.size());
  }

  private ListenableFuture<UnaryResponse> call(MethodDescriptor<byte[], byte[]> method) {
    return channel.call(method, new byte[0], new Metadata(), CallOptions.DEFAULT);
  }

  private static Status failure(ListenableFuture<UnaryResponse> call) {
    ExecutionException failure = catchThrowableOfType(ExecutionException.class, call::get);
    assertThat(failure).hasCauseInstanceOf(StatusRuntimeException.class);
    return ((StatusRuntimeException) failure.getCause()).getStatus();
  }
}
