/**
 * The public JSON form of a step, as files hold it: one document per line. Reads lines strictly and
 * leaves payloads byte for byte as they are; imports streams of them.
 *
 * <p>Imports {@code steps} and {@code artifacts}. The commands and {@code grpc} import it.
 */
package dev.workflowsteps.server.document;
