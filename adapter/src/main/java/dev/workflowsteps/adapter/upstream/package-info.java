/**
 * The calls to the gRPC server behind REST, or to several: which are there, which serve, which is
 * next, and a second try on another. Knows no RPC, and imports nothing of the server nor of the
 * other packages.
 */
package dev.workflowsteps.adapter.upstream;
