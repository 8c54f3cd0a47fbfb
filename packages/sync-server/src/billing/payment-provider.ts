/** What is asked of the payment provider. Everything throws `billing_unavailable` where it does not do it. */
export interface CheckoutRequest {
  readonly userId: string;
  /** Of the customer, where the account is one already. */
  readonly customer: string | undefined;
  readonly email: string;
  readonly plan: string;
  readonly price: string;
  /** Where the person comes back to, after paying and without. */
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface PaymentProvider {
  /** The address of a page where the person pays. */
  checkout(request: CheckoutRequest): Promise<string>;
  /** The address of a page where the person changes or ends what they pay for. */
  portal(request: { readonly customer: string; readonly returnUrl: string }): Promise<string>;
  /** At once. Done, too, where it had ended before. */
  cancel(subscriptionId: string): Promise<void>;
}
