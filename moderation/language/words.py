"""Words that give a language away: our own selection, lower-case, without apostrophes."""

# Frequent in English comments, abuse among it, and words of none of the other languages with
# Latin letters that are common enough to meet ("was", "also", "to" and "of" are). The first look
# takes at most 7 letters a word.
ENGLISH = """
    the and you that this with they have what your would about because people not are from just
    their there which who why when where how then them these those been were being does doesnt
    dont didnt isnt aint couldnt wont wouldnt havent ive youre youve youll hes shes its thats
    theres theyre whats could should shall might did done doing know think really right well great
    much many more most some someone any anyone every nothing nobody never ever always only too
    very even still yet again back down off out up into through between against before after while
    since than but if though our his him she himself myself itself my mine make makes take takes
    took give gave get gets getting got goes going went came say says said seen look looks wants
    want need needs keep kept tell told ask asked use used try trying find found feel works work
    read write call called here now today year years day days time times thing things way ways
    woman women child guy guys girl girls boy boys life world country school house money law same
    other others another each both few less own such first next new little high small better worse
    worst wrong true false sure thanks thank please yes yeah hello hey stupid dumb fool liar hate
    love black white shut looking talking saying believe hope wish agree enough already maybe
    perhaps instead around within without away thought thinks knows knew means stuff lots point
    answer reason place home head face words story news article comment paid buy dead kill killed
    it fuck fucking fucked fuckin shit asshole bitch bitches hoes nigga niggas nigger faggot pussy
    damn trash cunt suck sucks moron morons idiots ugly crap whore loser gonna wanna yall lmao wow
    cannot cause during above almost often whole either however whether rather else quite pretty
    nice happy welcome family friend friends rights watch help leave change seems seem idea care
    hard truth sense sick racist english young mother ones wait using making having lying coming
    working course retard retards fag fags faggots dyke dykes tranny losers dumbass bastard tbh
    smh idk stfu gtfo kys
    like one good eat old sounds born history left night funny lets based society states council
    award medical brown deep request king book yellow play played player playing win added crazy
    dirty known third openly low least street picture key title three joke company sports near
    health phone mean short card member pride jewish driving beat soon shoot run awesome ready
    among lives cheers calls liked church bunch food early season speech town typical won light
    sweet learn chief matter army four simply gun poor fight follow middle move earth road silly
    shot current several garbage leader leaders river finally anyway british tonight morning
    monday friday sunday until watched listen behind happen happens sad died wonder laugh tweet
    voted voters clearly totally exactly pretend shows showed asking boring
"""

# Hindi and Urdu as typed in Latin letters, which the detector has never seen.
ROMANISED_HINDI = """
    aap aata abhi accha achha apna apne apni aur bahut behenchod bhai bhenchod bhi bohot chutiya
    diya gaya gayi hai hain hoga hogi hota hoti hote humko hume iska isko jab kabhi kahan kaise
    kamine karna karne karo karta karte kisi kitna kiya koi kuch kutte kya kyu kyun kyunki lekin
    liya logo logon madarchod matlab mein mera meri mujhe nahi nahin nhi pata pehle phir raha rahe
    rahi rha sab saale sabko sarkar tera tere teri toh tujhe tumhe usko wala wale wali yaar yeh
"""
