/** The passwords that are tried first, in lower case: those of the usual lists that are long enough to be one here. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `00000000 01234567 0123456789 0987654321 10203040 11111111 1111111111 11223344 112233445566 12121212 12312312 123123123
   12341234 12344321 12345678 123456789 1234567890 12345678910 123456789a 123456789q 1234567a 1234567q 1234abcd 1234qwer
   123qwe123 123qweasd 147258369 159753456 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qazxsw2 20202020 22222222
   31415926 33333333 44444444 55555555 66666666 77777777 789456123 87654321 88888888 987654321 9876543210 99999999 a1234567
   a12345678 a123456789 a1b2c3d4 aa123456 aa12345678 aaaaaaaa abc12345 abcd1234 abcdefgh administrator alexander asdf1234
   asdfasdf asdfghjk asdfghjkl baseball basketball blink182 butterfly cocacola computer changeme charlie1 chocolate
   dragon123 facebook football football1 freedom1 gfhjkm123 goodluck hello123 hellohello iloveyou iloveyou1 iloveyou2 internet
   jennifer jordan23 jonathan letmein1 letmein123 liverpool liverpool1 lovelove master123 merlin123 michelle michael1
   mustang1 mypassword naruto123 ncc1701d p@ssw0rd p@ssword pa$$word pass1234 password password! password1 password1!
   password12 password123 password1234 passw0rd passwort passwort1 pokemon1 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsx123
   qazwsxedc qqww1122 qwer1234 qwerasdf qwerqwer qwert123 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop qwertzui
   qwertzuiop samantha schalke04 secret123 security sonnenschein spiderman starwars sunshine sunshine1 superman superman1
   swordfish testtest test1234 test12345 trustno1 tributary unknown1 victoria w1234567 welcome1 welcome123 whatever xxxxxxxx
   zaq12wsx zaq1zaq1 zxcvbnm1 zxcvbnm123`.split(/\s+/),
);
