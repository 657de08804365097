/**
 * The public JSON form of steps and artifacts, one document per line: reading, import and export.
 * Reads strictly and leaves payloads byte for byte as they are. {@code InputFormat} recognizes what
 * a file is: it unpacks what import reads, and names the converter of what it does not.
 *
 * <p>Imports {@code steps} and {@code artifacts}, and {@code call}, {@code encoding}, {@code
 * listing} and {@code text} below them. The commands, {@code grpc} and the composition roots import
 * it.
 */
package dev.workflowsteps.server.document;
