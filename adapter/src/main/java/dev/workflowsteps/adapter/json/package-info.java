/**
 * Prints protobuf wire bytes as the JSON of the REST answers, without making messages of them.
 *
 * <p>Knows descriptors and the {@code json} field options, and no message of this service by name.
 * The adapter's HTTP side imports it; it imports nothing of the project but the options.
 */
package dev.workflowsteps.adapter.json;
