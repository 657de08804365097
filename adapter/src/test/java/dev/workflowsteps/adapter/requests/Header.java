package dev.workflowsteps.adapter.requests;

/** A header of a request, or metadata of a call; the name in lower case. */
record Header(String name, String value) {}
