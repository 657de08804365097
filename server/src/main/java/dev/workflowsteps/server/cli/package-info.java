/**
 * The commands that need no running server, and what all commands share: flags, error handling, the
 * progress line.
 *
 * <p>Data go to stdout, messages to stderr. The commands use a database only through {@link
 * dev.workflowsteps.server.cli.Storage}, which the composition root provides. It and the adapter's
 * root package may import this package.
 */
package dev.workflowsteps.server.cli;
