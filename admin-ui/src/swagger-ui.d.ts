declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** The part of Swagger UI's configuration that docs.ts uses. */
  type Options = {
    url: string;
    dom_id: string;
    deepLinking: boolean;
    validatorUrl: string | null;
    displayRequestDuration: boolean;
    defaultModelsExpandDepth: number;
  };
  export default function SwaggerUI(options: Options): void;
}
