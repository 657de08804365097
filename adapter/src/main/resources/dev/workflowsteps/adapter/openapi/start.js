// validatorUrl would ask a server elsewhere whether the document is valid.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#document",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
