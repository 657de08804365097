/**
 * Text as bytes and characters: JSON, UTF-8 and its order, RFC 3339 times.
 *
 * <p>Imports nothing else of the server.
 */
package dev.workflowsteps.server.text;
