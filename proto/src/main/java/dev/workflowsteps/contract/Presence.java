package dev.workflowsteps.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.ValueOptions;
import java.util.Optional;
import java.util.Set;

/**
 * When a field is given, if that depends on the word of another field: read from its {@code values}
 * option in the {@code .proto}.
 *
 * @param dependsOn the field beside it that has the word
 * @param requiredFor with these words it must be given
 * @param optionalFor with these words it may be given; with all others it must not
 */
public record Presence(
    FieldDescriptor dependsOn, Set<String> requiredFor, Set<String> optionalFor) {

  /**
   * Empty if the field may always be given.
   *
   * @throws IllegalArgumentException if the field that it depends on does not exist
   */
  public static Optional<Presence> of(FieldDescriptor field) {
    ValueOptions options = field.getOptions().getExtension(OptionsProto.values);
    if (options.getDependsOn().isEmpty()) {
      return Optional.empty();
    }
    FieldDescriptor dependsOn = field.getContainingType().findFieldByName(options.getDependsOn());
    if (dependsOn == null) {
      throw new IllegalArgumentException(
          field.getFullName()
              + ": depends_on "
              + options.getDependsOn()
              + " (expected: a field of the same message)");
    }
    return Optional.of(
        new Presence(
            dependsOn,
            Set.copyOf(options.getRequiredForList()),
            Set.copyOf(options.getOptionalForList())));
  }

  /** Whether the field must be given beside this word. */
  public boolean isRequired(String word) {
    return requiredFor.contains(word);
  }

  /** Whether the field may be given beside this word. */
  public boolean isAllowed(String word) {
    return requiredFor.contains(word) || optionalFor.contains(word);
  }
}
