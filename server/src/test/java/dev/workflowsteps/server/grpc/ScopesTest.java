package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.Scope;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key allows what it was made for. */
class ScopesTest {

  private static final byte[] NO_PROTOBUF = {(byte) 0xff};

  private final Edge edge = new Edge();

  @AfterEach
  void stop() {
    edge.close();
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"key-scopes", "key-first"})
  void keyOfOneScope_passesWithItsMethods_andIsToldWhatTheOthersNeed(Scope scope) {
    String key = edge.key("acme", Set.of(scope));

    methods()
        .forEach(
            method -> {
              Scope needed = method.contains("/Record") ? Scope.WRITE : Scope.READ;
              StatusRuntimeException failure = Failed.call(() -> call(method, key));

              assertThat(Failed.reason(failure))
                  .as(method)
                  .isEqualTo(scope == needed ? "MALFORMED_REQUEST" : "PERMISSION_DENIED");
              if (scope != needed) {
                assertThat(failure.getStatus().getDescription())
                    .startsWith("The API key lacks the scope " + needed.word() + ", ");
              }
            });
  }

  @Test
  @Rule("key-scopes")
  void keyOfBothScopes_passesWithEveryMethod() {
    String key = edge.key("acme", Scope.ALL);

    assertThat(methods())
        .hasSizeGreaterThanOrEqualTo(7)
        .allSatisfy(
            method ->
                assertThat(Failed.reason(() -> call(method, key))).isEqualTo("MALFORMED_REQUEST"));
  }

  @Test
  @Rule("key-first")
  void scope_comesBeforeTheRateLimits_andCostsNothingOfThem() {
    String reader = edge.key("acme", Set.of(Scope.READ));
    String writer = edge.key("acme", Set.of(Scope.WRITE));
    edge.stores.keys.limit(
        "acme", new OrganizationLimits(OptionalLong.of(1), OptionalLong.empty()));
    String method = WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName();

    for (int i = 0; i < 10; i++) {
      StatusRuntimeException failure = Failed.call(() -> call(method, writer));
      assertThat(Failed.reason(failure)).isEqualTo("PERMISSION_DENIED");
      assertThat(failure.getTrailers().containsKey(CallHeaders.RATE_LIMIT)).isFalse();
    }

    assertThat(Failed.reason(() -> call(method, reader))).isEqualTo("MALFORMED_REQUEST");
  }

  private static Stream<String> methods() {
    return Stream.of(
            WorkflowStepsServiceGrpc.getServiceDescriptor(),
            WorkflowArtifactsServiceGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .map(MethodDescriptor::getFullMethodName);
  }

  private void call(String method, String key) {
    byte[] unused =
        ClientCalls.blockingUnaryCall(
            ClientInterceptors.intercept(
                edge.channel, MetadataUtils.newAttachHeadersInterceptor(Edge.headers(key))),
            RawBytes.method(MethodType.UNARY, method),
            CallOptions.DEFAULT,
            NO_PROTOBUF);
  }
}
