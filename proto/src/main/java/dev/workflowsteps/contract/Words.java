package dev.workflowsteps.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.ValueOptions;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The words that a field takes, as its {@code values} option in the {@code .proto} lists them. */
public final class Words {

  private static final Map<FieldDescriptor, Words> KNOWN = new ConcurrentHashMap<>();

  /** The words of {@code lifecycle.status}. */
  public static final Words STATUS = of(StepLifecycle.getDescriptor().findFieldByName("status"));

  /** The words of {@code block_type}. */
  public static final Words BLOCK_TYPE =
      of(WorkflowStep.getDescriptor().findFieldByName("block_type"));

  /** The words of an artifact's {@code operation}. */
  public static final Words OPERATION =
      of(WorkflowArtifact.getDescriptor().findFieldByName("operation"));

  private final List<String> all;
  private final Set<String> terminal;
  private final Map<String, String> bySpelling = new HashMap<>();
  private final Map<String, String> synonyms;

  private Words(ValueOptions options) {
    this.all =
        Stream.concat(options.getWordsList().stream(), options.getRetiredList().stream()).toList();
    this.terminal = Set.copyOf(options.getTerminalList());
    this.synonyms = options.getSynonymsMap();
    for (String word : all) {
      bySpelling.put(word, word);
      bySpelling.put(word.replace("_", ""), word);
    }
  }

  /**
   * The words of a field, or of the field that its {@code words_of} names; none if it has no such
   * option.
   */
  public static Words of(FieldDescriptor field) {
    return KNOWN.computeIfAbsent(field, any -> new Words(options(any)));
  }

  private static ValueOptions options(FieldDescriptor field) {
    ValueOptions options = field.getOptions().getExtension(OptionsProto.values);
    if (options.getWordsOf().isEmpty()) {
      return options;
    }
    String[] source = options.getWordsOf().split("\\.", -1);
    return options(
        // Every file of the contract that uses words_of imports the one with the words.
        Stream.concat(Stream.of(field.getFile()), field.getFile().getDependencies().stream())
            .flatMap(file -> file.getMessageTypes().stream())
            .filter(message -> message.getName().equals(source[0]))
            .findFirst()
            .orElseThrow()
            .findFieldByName(source[1]));
  }

  /**
   * Every word: those that are written today, then the retired ones of older records, which are
   * filterable and passed through unchanged.
   */
  public List<String> all() {
    return all;
  }

  /** Whether this is exactly one of the words. */
  public boolean contains(String word) {
    return all.contains(word);
  }

  /** Whether the word names a final state. */
  public boolean isTerminal(String word) {
    return terminal.contains(word);
  }

  /**
   * The word that a text means: in any case, as CamelCase, and behind a type's name and a dot, as
   * enumerations of several languages are written ({@code WorkflowRunStepBlockType.EXTRACT}).
   */
  public Optional<String> read(String text) {
    String spelling = text.substring(text.lastIndexOf('.') + 1);
    // Some letters beyond ASCII have ones of ASCII as their lower case: U+212A has k.
    boolean ascii = spelling.chars().allMatch(c -> c < 0x80);
    return ascii
        ? Optional.ofNullable(bySpelling.get(spelling.toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  /** The word that was probably meant by a text that is none. */
  public Optional<String> suggestion(String text) {
    String synonym = synonyms.get(text.toLowerCase(Locale.ROOT));
    return synonym == null ? Suggestion.near(text, all) : Optional.of(synonym);
  }
}
