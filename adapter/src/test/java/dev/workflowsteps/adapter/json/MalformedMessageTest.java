package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.server.document.Documents;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MalformedMessageTest {

  private static final int SELF = 40;

  private final MessageWriter pages =
      MessageWriter.compile(ListWorkflowStepsResponse.getDescriptor());
  private final MessageWriter everything = MessageWriter.compile(TestTypes.everything());

  @Test
  void write_pageCutAnywhere_isRefusedWhereProtobufRefusesIt() {
    byte[] page = Pages.page(Documents.lines(Documents.SEED));
    for (int length = 0; length < page.length; length++) {
      byte[] cut = Arrays.copyOf(page, length);
      assertThat(isPrinted(pages, cut)).as("%d bytes", length).isEqualTo(isParsed(cut));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          07                                     | field number 0 (expected: 1..536870911)
          ffffffffff7f 00                        | field number 549755813887 (expected: 1..
          28                                     | a varint is cut off
          28 80                                  | a varint is cut off
          28 ffffffffffffffffffff 01             | a varint is over 10 bytes long
          2e                                     | Everything.flag has wire type 6 (expected: 0)
          2d 00000000                            | Everything.flag has wire type 5 (expected: 0)
          2a 01 00                               | Everything.flag has wire type 2 (expected: 0)
          10 01                                  | Everything.time has wire type 0 (expected: 2)
          12 03 08 01                            | length 3 (expected: 0..2)
          12 ffffffffffffffffff 01               | length 18446744073709551615 (expected: 0..0)
          12 80808080 10 00                      | length 4294967296 (expected: 0..1)
          12 01 08                               | a varint is cut off
          8a01 02 01 ff                          | a varint is cut off
          c03e                                   | a varint is cut off
          c13e 00                                | a value of 8 bytes is cut off
          c53e 000000                            | a value of 4 bytes is cut off
          c23e 01                                | length 1 (expected: 0..0)
          c33e                                   | a varint is cut off
          c33e cc3e                              | end of group 1001 (expected: of 1000)
          c43e                                   | wire type 4 (expected: 0, 1, 2, 3 or 5)
          c73e                                   | wire type 7 (expected: 0, 1, 2, 3 or 5)
          827d 01 80                             | a string is not UTF-8
          da02 03 0a0180                         | a string is not UTF-8
          """)
  void write_brokenWire_saysWhatIsWrong(String hex, String problem) {
    byte[] wire = Bytes.hex(hex);

    assertThatThrownBy(() -> Json.of(everything, wire))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void write_failure_leavesTheOutputAsItWas() {
    try (JsonOutput out = new JsonOutput(UnpooledByteBufAllocator.DEFAULT, 4)) {
      everything.write(new byte[0], out);
      int before = out.length();

      assertThatThrownBy(() -> everything.write(Bytes.hex("7801 827d 01 80"), out))
          .isInstanceOf(MalformedMessageException.class);

      assertThat(out.length()).isEqualTo(before);
      assertThat(Json.of(everything, new byte[0])).hasSize(before);
    }
  }

  @Test
  void write_nestedAsDeepAsAllowed_isPrinted() {
    assertThat(isPrinted(everything, nested(WireReader.MAX_DEPTH - 1))).isTrue();
  }

  @Test
  void write_nestedDeeper_isRefused() {
    assertThatThrownBy(() -> Json.of(everything, nested(WireReader.MAX_DEPTH)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageEndingWith("messages are nested over 100 deep");
  }

  @Test
  void write_unknownGroupsNestedTooDeep_areRefused() {
    byte[] starts = new byte[100_000];
    Arrays.fill(starts, (byte) 0x0b);

    assertThatThrownBy(() -> Json.of(everything, starts))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageEndingWith("messages are nested over 100 deep");
  }

  private static byte[] nested(int depth) {
    byte[] wire = new byte[0];
    for (int i = 0; i < depth; i++) {
      byte[] inner = wire;
      wire = Bytes.of(out -> out.writeByteArray(SELF, inner));
    }
    return wire;
  }

  private static boolean isPrinted(MessageWriter writer, byte[] wire) {
    try {
      Json.of(writer, wire);
      return true;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  private static boolean isParsed(byte[] wire) {
    try {
      ListWorkflowStepsResponse.parseFrom(wire);
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }
}
