/**
 * REST over the RPCs: routes compiled from {@code google.api.http}, strict parameters, the call to
 * the server and its answer as JSON. Knows the proto and no RPC of it by name. Imports nothing of
 * the server.
 */
package dev.workflowsteps.adapter.rest;
