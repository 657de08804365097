package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.ArtifactRef;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListMetadata;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.LoopContainer;
import dev.workflowsteps.proto.v1.PayloadUnavailable;
import dev.workflowsteps.proto.v1.StepErrorDetails;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.document.Documents;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageWriterTest {

  @Test
  @Rule("step-shape")
  void write_pageOfTheReference_isItsJsonByteForByte() {
    List<String> documents = Documents.lines(Documents.SEED);

    assertThat(printed(ListWorkflowStepsResponse.getDefaultInstance(), Pages.page(documents)))
        .isEqualTo(
            "{\"data\":["
                + String.join(",", documents)
                + "],\"list_metadata\":{\"before\":null,\"after\":null}}");
  }

  @Test
  void write_emptyPage_showsWhatIsAlwaysThere() {
    assertThat(printed(ListWorkflowStepsResponse.getDefaultInstance()))
        .isEqualTo("{\"data\":[],\"list_metadata\":null}");
    assertThat(printed(ListMetadata.getDefaultInstance()))
        .isEqualTo("{\"before\":null,\"after\":null}");
  }

  @Test
  void write_emptyStep_showsTheKeysOfTheContract() {
    assertThat(printed(WorkflowStep.getDefaultInstance()))
        .isEqualTo(
            "{\"run_id\":\"\",\"block_id\":\"\",\"step_id\":\"\",\"block_type\":\"\","
                + "\"block_label\":\"\",\"lifecycle\":null,\"artifact\":null,"
                + "\"started_at\":null,\"completed_at\":null,\"handle_outputs\":{},"
                + "\"handle_inputs\":{},\"created_at\":null}");
  }

  @Test
  @Rule({"view", "step-shape"})
  void write_inAView_hasNoKeysOfTheFieldsThatItOmits_whateverIsOnTheWire() {
    for (String document : Documents.lines(Documents.SEED)) {
      byte[] step = Pages.step(document);
      String basic =
          document.replaceFirst("\"handle_outputs\":.*,\"created_at\":", "\"created_at\":");

      assertThat(basic).doesNotContain("handle");
      assertThat(Json.of(basic(WorkflowStep.getDescriptor()), step)).isEqualTo(basic);
      assertThat(
              Json.of(
                  basic(ListWorkflowStepsResponse.getDescriptor()), Pages.page(List.of(document))))
          .isEqualTo(
              "{\"data\":[" + basic + "],\"list_metadata\":{\"before\":null,\"after\":null}}");
      assertThat(
              Json.of(
                  out ->
                      basic(GetWorkflowStepResponse.getDescriptor())
                          .writeField("step", Bytes.of(o -> o.writeByteArray(1, step)), out)))
          .isEqualTo(basic);
    }
    assertThat(Json.of(basic(WorkflowStep.getDescriptor()), new byte[0]))
        .doesNotContain("handle")
        .contains("\"completed_at\":null,\"created_at\":null");
  }

  @Test
  @Rule("view")
  void write_inAViewThatNoFieldNames_isAllOfIt() {
    String document = Documents.lines(Documents.SEED).get(0);

    assertThat(
            Json.of(
                MessageWriter.compile(WorkflowStep.getDescriptor(), "full"), Pages.step(document)))
        .isEqualTo(document);
  }

  private static MessageWriter basic(Descriptor type) {
    return MessageWriter.compile(type, "basic");
  }

  @Test
  void write_loopContainer_showsAllFour() {
    LoopContainer first = LoopContainer.newBuilder().setContainerId("loop").build();
    LoopContainer parallel =
        first.toBuilder().setIteration(-1).setIsParallel(true).setParallelItemIndex(0).build();

    assertThat(printed(first))
        .isEqualTo(
            "{\"container_id\":\"loop\",\"iteration\":0,\"is_parallel\":false,"
                + "\"parallel_item_index\":null}");
    assertThat(printed(parallel))
        .isEqualTo(
            "{\"container_id\":\"loop\",\"iteration\":-1,\"is_parallel\":true,"
                + "\"parallel_item_index\":0}");
  }

  @Test
  void write_optionalEmptyText_isPrinted() {
    assertThat(printed(StepLifecycle.newBuilder().setStatus("skipped").setReason("").build()))
        .isEqualTo("{\"status\":\"skipped\",\"reason\":\"\"}");
  }

  @Test
  void write_emptyRawBytes_areAbsent() {
    assertThat(printed(StepErrorDetails.newBuilder().setContext(ByteString.EMPTY).build()))
        .isEqualTo("{}");
  }

  @Test
  @Rule("bit-exact")
  void write_payload_isSplicedUnchanged() {
    String json = " {\"a\":1234.50,\"a\":9007199254740993,\"b\":\"\\u0041/\\/\"} ";
    StepHandle handle =
        StepHandle.newBuilder().setType("json").setData(ByteString.copyFromUtf8(json)).build();

    assertThat(printed(handle)).isEqualTo("{\"type\":\"json\",\"data\":" + json + "}");
  }

  @Test
  @Rule("unavailable")
  void write_unavailablePayload_saysNullAndWhy() {
    StepHandle handle =
        StepHandle.newBuilder()
            .setType("json")
            .setData(ByteString.copyFromUtf8("null"))
            .setUnavailable(PayloadUnavailable.newBuilder().setReason("missing").setSizeBytes(7))
            .build();

    assertThat(printed(handle))
        .isEqualTo(
            "{\"type\":\"json\",\"data\":null,\"unavailable\":"
                + "{\"reason\":\"missing\",\"size_bytes\":7,\"sha256\":null}}");
  }

  @Test
  void write_fieldsInAnyOrder_areSorted() {
    byte[] wire =
        Bytes.concat(
            ArtifactRef.newBuilder().setId("id").build().toByteArray(),
            ArtifactRef.newBuilder().setOperation("split").build().toByteArray());

    assertThat(printed(ArtifactRef.getDefaultInstance(), wire))
        .isEqualTo("{\"operation\":\"split\",\"id\":\"id\"}");
  }

  @Test
  void write_messageInPieces_isMerged() {
    byte[] wire =
        Bytes.concat(
            lifecycle(StepLifecycle.newBuilder().setStatus("error").setMessage("first")),
            lifecycle(
                StepLifecycle.newBuilder()
                    .setDetails(StepErrorDetails.newBuilder().setErrorCode("E1"))),
            lifecycle(
                StepLifecycle.newBuilder()
                    .setMessage("last")
                    .setDetails(StepErrorDetails.newBuilder().setBlockId("b"))));

    assertThat(printed(WorkflowStep.getDefaultInstance(), wire))
        .contains(
            "\"lifecycle\":{\"status\":\"error\",\"message\":\"last\","
                + "\"details\":{\"block_id\":\"b\",\"error_code\":\"E1\"}}");
  }

  @Test
  void writeField_printsTheValueAlone() {
    MessageWriter writer = MessageWriter.compile(GetWorkflowStepResponse.getDescriptor());
    String document = Documents.lines(Documents.SEED).get(0);
    byte[] wire = Bytes.of(out -> out.writeByteArray(1, Pages.step(document)));

    assertThat(Json.of(out -> writer.writeField("step", wire, out))).isEqualTo(document);
    assertThat(Json.of(out -> writer.writeField("step", new byte[0], out))).isEqualTo("null");
  }

  @Test
  void writeField_absentValues_areAsIfAlwaysShown() {
    MessageWriter writer = MessageWriter.compile(TestTypes.everything());

    assertThat(field(writer, "signed")).isEqualTo("0");
    assertThat(field(writer, "text")).isEqualTo("\"\"");
    assertThat(field(writer, "flags")).isEqualTo("[]");
    assertThat(field(writer, "counts")).isEqualTo("{}");
    assertThat(field(writer, "json")).isEqualTo("null");
  }

  @Test
  void writeField_unknownName_isRefused() {
    MessageWriter writer = MessageWriter.compile(GetWorkflowStepResponse.getDescriptor());

    assertThatThrownBy(() -> field(writer, "stp"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field: stp (expected: a field of workflows.v1.GetWorkflowStepResponse)");
  }

  @Test
  @Rule("artifact-shape")
  void write_wholeField_standsForTheMessage() {
    MessageWriter writer = MessageWriter.compile(TestTypes.wholeInside());
    byte[] body = Bytes.hex("0a 01 78 12 05 7b 22 61 22 7d");

    byte[] wire =
        Bytes.of(
            out -> {
              out.writeByteArray(1, body);
              out.writeByteArray(2, body);
              out.writeByteArray(2, new byte[0]);
            });

    assertThat(Json.of(writer, wire)).isEqualTo("{\"inner\":{\"a\"},\"inners\":[{\"a\"},null]}");
  }

  private static byte[] lifecycle(StepLifecycle.Builder lifecycle) {
    return WorkflowStep.newBuilder().setLifecycle(lifecycle).build().toByteArray();
  }

  private static String field(MessageWriter writer, String name) {
    return Json.of(out -> writer.writeField(name, new byte[0], out));
  }

  private static String printed(Message message) {
    return printed(message, message.toByteArray());
  }

  private static String printed(Message type, byte[] wire) {
    return Json.of(MessageWriter.compile(type.getDescriptorForType()), wire);
  }
}
