package dev.workflowsteps.adapter.openapi;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The comments of the proto. Generated classes lack them, so the build writes descriptors too. */
final class Comments {

  private static final Path DESCRIPTORS = Path.of("..", "proto", "target", "descriptors.binpb");

  private final Map<String, String> texts = new HashMap<>();

  static Comments load() {
    Comments comments = new Comments();
    try (InputStream in = Files.newInputStream(DESCRIPTORS)) {
      FileDescriptorSet.parseFrom(in).getFileList().forEach(comments::add);
    } catch (IOException e) {
      throw new UncheckedIOException(DESCRIPTORS + " is missing: build the module proto first", e);
    }
    return comments;
  }

  /** Its paragraphs, an empty line between them; empty if it has none. */
  String of(GenericDescriptor descriptor) {
    return texts.getOrDefault(descriptor.getFullName(), "");
  }

  private void add(FileDescriptorProto file) {
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      if (location.hasLeadingComments() && location.getPathCount() % 2 == 0) {
        String name = name(file, location.getPathList());
        texts.put(file.getPackage() + "." + name, paragraphs(location.getLeadingComments()));
      }
    }
  }

  /** A path leads from the file inwards: the number of a field, then an index into it. */
  private static String name(FileDescriptorProto file, List<Integer> path) {
    int index = path.get(1);
    List<Integer> rest = path.subList(2, path.size());
    return switch (path.get(0)) {
      case FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER -> name(file.getMessageType(index), rest);
      case FileDescriptorProto.SERVICE_FIELD_NUMBER -> name(file.getService(index), rest);
      default -> "";
    };
  }

  private static String name(DescriptorProto message, List<Integer> path) {
    if (path.isEmpty()) {
      return message.getName();
    }
    int index = path.get(1);
    return switch (path.get(0)) {
      case DescriptorProto.FIELD_FIELD_NUMBER ->
          message.getName() + "." + message.getField(index).getName();
      case DescriptorProto.NESTED_TYPE_FIELD_NUMBER ->
          message.getName()
              + "."
              + name(message.getNestedType(index), path.subList(2, path.size()));
      default -> "";
    };
  }

  private static String name(ServiceDescriptorProto service, List<Integer> path) {
    return path.isEmpty()
        ? service.getName()
        : service.getName() + "." + service.getMethod(path.get(1)).getName();
  }

  private static String paragraphs(String comment) {
    String text = comment.lines().map(String::strip).collect(Collectors.joining("\n"));
    return Stream.of(text.split("\n\n"))
        .map(paragraph -> paragraph.strip().replace('\n', ' '))
        .collect(Collectors.joining("\n\n"));
  }

  private Comments() {}
}
