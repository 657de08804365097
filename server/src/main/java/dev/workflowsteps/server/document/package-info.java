/**
 * The public JSON form of steps and artifacts, one document per line: reading, import and export.
 * Reads strictly and leaves payloads byte for byte as they are.
 *
 * <p>Imports {@code steps} and {@code artifacts}. The commands, {@code grpc} and the composition
 * roots import it.
 */
package dev.workflowsteps.server.document;
