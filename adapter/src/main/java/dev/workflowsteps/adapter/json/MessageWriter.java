package dev.workflowsteps.adapter.json;

import com.google.protobuf.Descriptors.Descriptor;

/**
 * Prints messages of one type, given as wire bytes, as JSON: ProtoJSON with the names of the proto
 * and what the field options {@code json} and {@code omitted_in_view} say. Compiled once from the
 * descriptor; safe for use by many threads.
 *
 * <p>Fields are printed in the order of their numbers, whatever their order on the wire, and
 * repeated ones and maps in the order of the wire, equal keys of a map included. Everything else
 * merges as protobuf parsers do it: the last scalar counts, occurrences of a message add up,
 * unknown fields are passed over. Values that are not printed (superseded ones, fields beside a
 * {@code whole} one) are checked for their extent only, and {@code raw} bytes not at all: whoever
 * stored them did.
 *
 * <p>Takes no memory but that of the output and about 16 KiB that each thread keeps (up to 1 MiB
 * once it printed messages of thousands of fields).
 */
public final class MessageWriter {

  private static final ThreadLocal<Printer> PRINTER = ThreadLocal.withInitial(Printer::new);

  private final MessagePlan plan;

  private MessageWriter(MessagePlan plan) {
    this.plan = plan;
  }

  /** As {@link #compile(Descriptor, String)}, of all fields. */
  public static MessageWriter compile(Descriptor type) {
    return compile(type, "");
  }

  /**
   * Takes fields that are bool, int32, uint32, sint32, string, {@code raw} bytes, {@code
   * google.protobuf.Timestamp}, other messages of these (which may contain themselves), lists of
   * all of them, and maps of strings to them; none in a oneof.
   *
   * @param view the writer prints no field, at any depth, whose {@code omitted_in_view} names it;
   *     empty = all fields
   * @throws IllegalArgumentException if a field, at any depth, is something else; names the field
   */
  public static MessageWriter compile(Descriptor type, String view) {
    return new MessageWriter(PlanCompiler.compile(type, view));
  }

  /**
   * Prints the message.
   *
   * @throws MalformedMessageException if the bytes are no message of the type; {@code out} is then
   *     as it was before
   */
  public void write(byte[] wire, JsonOutput out) {
    print(MessagePlan.NO_SLOT, wire, out);
  }

  /**
   * Prints the value of one field of the message, as the {@code response_body} of an HTTP rule
   * wants it. An absent value is printed as if the field had the option {@code always}.
   *
   * @throws IllegalArgumentException if the message has no field of that name
   * @throws MalformedMessageException if the bytes are no message of the type; {@code out} is then
   *     as it was before
   */
  public void writeField(String responseBodyField, byte[] wire, JsonOutput out) {
    print(plan.slot(responseBodyField), wire, out);
  }

  private void print(int slot, byte[] wire, JsonOutput out) {
    int before = out.length();
    try {
      PRINTER.get().print(plan, slot, wire, out);
    } catch (MalformedMessageException e) {
      out.truncate(before);
      throw e;
    }
  }
}
