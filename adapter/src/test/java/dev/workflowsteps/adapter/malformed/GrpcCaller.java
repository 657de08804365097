package dev.workflowsteps.adapter.malformed;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.rpc.ErrorInfo;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.proto.v1.Violations;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes a row's call: the RPC's name, and its request as text or, after {@code bytes}, as it is.
 */
final class GrpcCaller {

  private static final String BYTES = "bytes ";

  private static final List<ServiceDescriptor> SERVICES =
      Stream.of(StepsServiceProto.getDescriptor(), ArtifactsServiceProto.getDescriptor())
          .flatMap(file -> file.getServices().stream())
          .toList();

  private final Channel channel;

  GrpcCaller(Channel channel) {
    this.channel = channel;
  }

  Row call(Row row, Metadata headers) throws IOException {
    String[] parts = row.inFull().split(" ", 2);
    String text = parts.length > 1 ? parts[1] : "";
    Optional<MethodDescriptor> method =
        SERVICES.stream()
            .flatMap(service -> service.getMethods().stream())
            .filter(candidate -> candidate.getName().equals(parts[0]))
            .findFirst();
    String service =
        method.map(found -> found.getService().getFullName()).orElse(SERVICES.get(0).getFullName());
    byte[] message =
        method.isPresent() ? message(method.get(), text) : text.getBytes(StandardCharsets.UTF_8);
    try {
      ClientCalls.blockingUnaryCall(
          ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
          io.grpc.MethodDescriptor.<byte[], byte[]>newBuilder()
              .setType(MethodType.UNARY)
              .setFullMethodName(service + "/" + parts[0])
              .setRequestMarshaller(new Bytes())
              .setResponseMarshaller(new Bytes())
              .build(),
          CallOptions.DEFAULT,
          message);
      return row.answered("OK", "-", List.of(), "-");
    } catch (StatusRuntimeException e) {
      return seen(row, e);
    }
  }

  private static byte[] message(MethodDescriptor method, String text) throws IOException {
    if (text.startsWith(BYTES)) {
      return text.substring(BYTES.length()).getBytes(StandardCharsets.ISO_8859_1);
    }
    DynamicMessage.Builder message = DynamicMessage.newBuilder(method.getInputType());
    TextFormat.merge(text, message);
    return message.build().toByteArray();
  }

  private static Row seen(Row row, StatusRuntimeException e) throws InvalidProtocolBufferException {
    String reason = "-";
    List<String> fields = new ArrayList<>();
    for (Any detail : StatusProto.fromThrowable(e).getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        reason = detail.unpack(ErrorInfo.class).getReason().toLowerCase(Locale.ROOT);
      } else if (detail.is(Violations.class)) {
        Violations violations = detail.unpack(Violations.class);
        violations.getViolationsList().forEach(violation -> fields.add(violation.getField()));
        if (violations.getOmitted() > 0) {
          fields.add("+" + violations.getOmitted());
        }
      }
    }
    return row.answered(
        e.getStatus().getCode().name(), reason, fields, e.getStatus().getDescription());
  }

  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return ByteString.readFrom(stream).toByteArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
