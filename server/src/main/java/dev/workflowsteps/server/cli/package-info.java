/**
 * The commands that work on the stored data beside a server: import, keys, config, migrate,
 * version; and what every command shares: the flags, how a failure is told, the line that shows a
 * slow start.
 *
 * <p>Data go to stdout, words to stderr. The commands reach a database through {@link
 * dev.workflowsteps.server.cli.Storage} only; the composition root gives them one. It and the
 * adapter's main may import this package.
 */
package dev.workflowsteps.server.cli;
