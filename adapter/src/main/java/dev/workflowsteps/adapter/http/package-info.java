/**
 * HTTP manners that have nothing to do with the RPCs: strict texts, request ids, the headers of
 * every response, and the one shape of every error. Imports nothing of the server.
 */
package dev.workflowsteps.adapter.http;
