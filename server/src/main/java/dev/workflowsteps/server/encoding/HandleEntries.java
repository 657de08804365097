package dev.workflowsteps.server.encoding;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.workflowsteps.proto.v1.StepHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The entries of a handle map, in the order of the map. Written by hand, entry by entry, because
 * the generated code does not promise to keep that order.
 */
final class HandleEntries {

  private static final int NO_MORE_FIELDS = 0;

  static List<HandleEntry> of(Map<String, StepHandle> handles) {
    List<HandleEntry> entries = new ArrayList<>(handles.size());
    handles.forEach((name, handle) -> entries.add(new HandleEntry(name, handle)));
    return entries;
  }

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

  static List<HandleEntry> parse(int field, byte[] bytes) throws InvalidProtocolBufferException {
    List<HandleEntry> entries = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    try {
      while (!in.isAtEnd()) {
        requireTag(in, field);
        int outer = in.pushLimit(in.readRawVarint32());
        requireTag(in, HandleEntry.KEY_FIELD_NUMBER);
        String name = in.readStringRequireUtf8();
        requireTag(in, HandleEntry.VALUE_FIELD_NUMBER);
        entries.add(new HandleEntry(name, in.readMessage(StepHandle.parser(), noExtensions())));
        requireTag(in, NO_MORE_FIELDS);
        in.popLimit(outer);
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from an array", e);
    }
    return entries;
  }

  private static void requireTag(CodedInputStream in, int field) throws IOException {
    int found = WireFormat.getTagFieldNumber(in.readTag());
    if (found != field) {
      throw new InvalidProtocolBufferException("field " + found + " (expected: " + field + ")");
    }
  }

  private static ExtensionRegistryLite noExtensions() {
    return ExtensionRegistryLite.getEmptyRegistry();
  }

  private HandleEntries() {}
}
