package dev.workflowsteps.server.encoding;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.workflowsteps.proto.v1.StepHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One entry of a map of handles. A map is a repeated message of a key and a value. Written by hand,
 * because the generated code does not promise to write the entries in the order of the map.
 */
record HandleEntry(String name, StepHandle handle) {

  static final int KEY_FIELD_NUMBER = 1;
  static final int VALUE_FIELD_NUMBER = 2;

  /** The entries in the order of the map. */
  static List<HandleEntry> of(Map<String, StepHandle> handles) {
    List<HandleEntry> entries = new ArrayList<>(handles.size());
    handles.forEach((name, handle) -> entries.add(new HandleEntry(name, handle)));
    return entries;
  }

  /** The encoding of a map that is the field of this number. */
  static byte[] encode(int field, List<HandleEntry> entries) {
    if (entries.isEmpty()) {
      return new byte[0];
    }
    int[] sizes = new int[entries.size()];
    int size = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = entries.get(i).size();
      size +=
          CodedOutputStream.computeTagSize(field)
              + CodedOutputStream.computeUInt32SizeNoTag(sizes[i])
              + sizes[i];
    }
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (int i = 0; i < sizes.length; i++) {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(sizes[i]);
        entries.get(i).writeTo(out);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array of the computed size", e);
    }
    return bytes;
  }

  /** The length of the entry, which stands before it. */
  private int size() {
    return CodedOutputStream.computeStringSize(KEY_FIELD_NUMBER, name)
        + CodedOutputStream.computeMessageSize(VALUE_FIELD_NUMBER, handle);
  }

  /** Writes the entry, without its length. */
  private void writeTo(CodedOutputStream out) throws IOException {
    out.writeString(KEY_FIELD_NUMBER, name);
    out.writeMessage(VALUE_FIELD_NUMBER, handle);
  }
}
