/**
 * How a list is read page by page, whatever it holds: order, cursors, page tokens, and where a page
 * ends. Lists of steps and of artifacts are each a {@link dev.workflowsteps.server.listing.Lister}.
 *
 * <p>Imports {@code call} and the contract. {@code steps}, {@code artifacts} and what stands above
 * them import it.
 */
package dev.workflowsteps.server.listing;
