/**
 * The OpenAPI document, made at start from the descriptors, their comments and the error table, and
 * the pages that show it. Knows no RPC by name. Imports nothing of the server.
 */
package dev.workflowsteps.adapter.openapi;
