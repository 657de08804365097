package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.workflowsteps.proto.v1.Violations;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/** What a call that failed tells its caller. */
public final class Failed {

  static StatusRuntimeException call(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  static String reason(Runnable call) {
    return reason(call(call));
  }

  static String reason(StatusRuntimeException failure) {
    return detail(failure, ErrorInfo.class)
        .map(ErrorInfo::getReason)
        .orElseGet(() -> "none in " + failure);
  }

  static Violations violations(StatusRuntimeException failure) {
    return detail(failure, Violations.class).orElseThrow();
  }

  /** The detail of that type; empty if it has none. */
  public static <T extends Message> Optional<T> detail(
      StatusRuntimeException failure, Class<T> type) {
    try {
      for (Any detail : StatusProto.fromThrowable(failure).getDetailsList()) {
        if (detail.is(type)) {
          return Optional.of(detail.unpack(type));
        }
      }
      return Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private Failed() {}
}
