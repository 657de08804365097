/**
 * Prints protobuf wire bytes as the JSON of the REST answers, without making messages of them.
 *
 * <p>{@code PlanCompiler} decides how each type of field is printed, once, at the start, and
 * rejects types that it can't print right, integers of 64 bits among them. Knows descriptors and
 * the {@code json} field options, and no message of this service by name. The adapter's HTTP side
 * imports it; it imports nothing of the project but the options.
 */
package dev.workflowsteps.adapter.json;
