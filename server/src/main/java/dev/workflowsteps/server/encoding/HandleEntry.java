package dev.workflowsteps.server.encoding;

import com.google.protobuf.CodedOutputStream;
import dev.workflowsteps.proto.v1.StepHandle;
import java.io.IOException;

/** One entry of a map of handles. A map is a repeated message of a key and a value. */
record HandleEntry(String name, StepHandle handle) {

  static final int KEY_FIELD_NUMBER = 1;
  static final int VALUE_FIELD_NUMBER = 2;

  /** The length of the entry, which stands before it. */
  int size() {
    return CodedOutputStream.computeStringSize(KEY_FIELD_NUMBER, name)
        + CodedOutputStream.computeMessageSize(VALUE_FIELD_NUMBER, handle);
  }

  /** Writes the entry, without its length. */
  void writeTo(CodedOutputStream out) throws IOException {
    out.writeString(KEY_FIELD_NUMBER, name);
    out.writeMessage(VALUE_FIELD_NUMBER, handle);
  }
}
