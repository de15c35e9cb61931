"""Names that need no context: countries and large cities, and first names that are little else.

Invariant: a list only ever adds to what a text itself says of a name; names that are as often
something else ("Reading", "Nice", "Jordan") stay out, or stand in `AMBIGUOUS`.
"""

from __future__ import annotations


def _names(listed: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()) for name in listed.split(","))


COUNTRIES = _names(
    """Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia, Australia, Austria,
    Azerbaijan, Bahamas, Bahrain, Bangladesh, Barbados, Belarus, Belgium, Belize, Benin, Bhutan,
    Bolivia, Bosnia, Botswana, Brazil, Brunei, Bulgaria, Burkina Faso, Burma, Burundi, Cambodia,
    Cameroon, Canada, Cape Verde, Chad, Chile, China, Colombia, Congo, DR Congo,
    Costa Rica, Croatia, Cuba,
    Cyprus, Czech Republic, Czechia, Denmark, Dominican Republic, East Timor, Ecuador, Egypt,
    El Salvador, England, Eritrea, Estonia, Ethiopia, Fiji, Finland, France, Gabon, Gambia, Gaza,
    Georgia, Germany, Ghana, Great Britain, Britain, Greece, Greenland, Grenada, Guatemala, Guinea,
    Guyana, Hungary, Haiti, Iceland, Honduras, Indonesia, India, Hong Kong, Iraq, Iran, Ireland,
    Israel, Italy, Ivory Coast, Jamaica, Japan, Jordan, Kazakhstan, Kenya, Kosovo, Kurdistan,
    Kuwait, Kyrgyzstan, Laos, Latvia, Lebanon, Lesotho, Liberia, Libya, Liechtenstein, Lithuania,
    Luxembourg, Macedonia, Madagascar, Malawi, Malaysia, Maldives, Mali, Malta, Mauritania,
    Mauritius, Mexico, Moldova, Monaco, Mongolia, Montenegro, Morocco, Mozambique, Myanmar, Namibia,
    Nepal, Netherlands, New Zealand, Nicaragua, Niger, Nigeria, North Korea, Northern Ireland,
    Norway, Oman, Pakistan, Palestine, Panama, Papua New Guinea, Paraguay, Peru, Philippines,
    Poland, Portugal, Puerto Rico, Qatar, Romania, Russia, Rwanda, Samoa, Saudi Arabia, Scotland,
    Senegal, Serbia, Seychelles, Sierra Leone, Singapore, Slovakia, Slovenia, Solomon Islands,
    Somalia, South Africa, South Korea, South Sudan, Spain, Sri Lanka, Sudan, Suriname, Swaziland,
    Sweden, Switzerland, Syria, Taiwan, Tajikistan, Tanzania, Thailand, Tibet, Togo, Tonga,
    Trinidad, Tunisia, Turkey, Turkmenistan, Uganda, Ukraine, United Arab Emirates, United Kingdom,
    United States, Uruguay, Uzbekistan, Vanuatu, Vatican, Venezuela, Vietnam, Wales, West Bank,
    Western Sahara, Yemen, Zambia, Zimbabwe, US, USA, U.S, UK, U.K, UAE, America, Crimea,
    Catalonia, Chechnya, Soviet Union"""
)
REGIONS = _names(
    """Africa, Asia, Europe, Antarctica, Arctic, Latin America, North America, South America,
    Central America, Middle East, Far East, Caribbean, Balkans, Scandinavia, Mediterranean,
    Atlantic, Pacific, Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut,
    Delaware, Florida, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine,
    Maryland, Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada,
    New Hampshire, New Jersey, New Mexico, North Carolina, North Dakota, Ohio, Oklahoma, Oregon,
    Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont,
    Virginia, West Virginia, Wisconsin, Wyoming, Ontario, Quebec, British Columbia, Alberta,
    New South Wales, Queensland, Tasmania, Victoria, Siberia, Bavaria, Sicily, Sardinia, Corsica,
    Tuscany, Andalusia, Brittany, Normandy, Provence, Cornwall, Devon, Kent, Sussex, Essex,
    Surrey, Yorkshire, Lancashire, Cumbria, Norfolk, Suffolk, Punjab, Kashmir, Kerala, Bengal,
    Darfur, Silicon Valley"""
)
CITIES = _names(
    """Aberdeen, Abuja, Accra, Addis Ababa, Aleppo, Algiers, Amman, Amsterdam, Ankara, Athens,
    Atlanta, Auckland, Baghdad, Baltimore, Bangkok, Barcelona, Basra, Beijing, Beirut, Belfast,
    Belgrade, Berlin, Birmingham, Bogotá, Bogota, Bologna, Boston, Brasília, Brasilia, Bremen,
    Brighton, Brisbane, Bristol, Brussels, Bucharest, Budapest, Buenos Aires, Cairo, Calais,
    Calcutta, Cambridge, Canberra, Cape Town, Caracas, Cardiff, Casablanca, Chicago, Cologne,
    Copenhagen, Dakar, Dallas, Damascus, Delhi, Denver, Detroit, Dhaka, Dortmund, Dresden, Dubai,
    Dublin, Durban, Düsseldorf, Edinburgh, Florence, Frankfurt, Geneva, Glasgow, Guadalajara,
    Hamburg, Hanoi, Harare, Havana, Helsinki, Hiroshima, Houston, Hull, Islamabad, Istanbul,
    Jakarta, Jerusalem, Johannesburg, Kabul, Kampala, Karachi, Kathmandu, Kiev, Kyiv, Kolkata,
    Kuala Lumpur, Kyoto, Lagos, Lahore, Las Vegas, Leeds, Leicester, Leipzig, Lima, Lisbon,
    Liverpool, London, Los Angeles, Luxor, Lyon, Madrid, Malaga, Malmö, Manchester, Manila, Mecca,
    Medellín, Melbourne, Mexico City, Miami, Milan, Minneapolis, Minsk, Mogadishu, Monrovia,
    Montreal, Moscow, Mosul, Mumbai, Munich, Nairobi, Naples, Nashville, New Delhi, New Orleans,
    New York, New York City, Newcastle, Nottingham, Oakland, Odessa, Osaka, Oslo, Ottawa, Oxford,
    Palermo, Paris, Perth, Philadelphia, Phoenix, Portland, Porto, Prague, Pretoria, Pyongyang,
    Quito, Ramallah, Rangoon, Reykjavik, Riga, Rio, Rio de Janeiro, Riyadh, Rome, Rotterdam,
    San Diego, San Francisco, Santiago, São Paulo, Sao Paulo, Sarajevo, Seattle, Seoul, Seville,
    Shanghai, Sheffield, Sofia, Southampton, Stockholm, Stuttgart, Sydney, Taipei, Tallinn,
    Tehran, Tel Aviv, Tokyo, Toronto, Tripoli, Tunis, Turin, Valencia, Vancouver, Venice, Vienna,
    Vilnius, Warsaw, Washington, Wellington, York, Zagreb, Zurich, Zürich, Manhattan, Brooklyn,
    Hollywood, Wall Street, Westminster"""
)
AMBIGUOUS = _names(
    """Chad, Georgia, Jordan, Turkey, Victoria, Washington, Wellington, Florence, Sofia, Sydney,
    Virginia, Phoenix, Lima, York, Vatican, Kent, Hull, Westminster, Wall Street, Pacific,
    Atlantic, Guinea, Tonga, Paris, Santiago, Valencia, Devon, Montana, Trinidad, Newcastle,
    Liverpool, Barcelona, Hollywood, Cambridge, Oxford"""
)
"""Known places that are persons, clubs or houses as often: what stands before them decides."""

KNOWN_PLACES = COUNTRIES | REGIONS | CITIES

ONE_PLACE = {
    name: group.split(", ")[0]
    for group in (
        "US, USA, U.S, United States, America",
        "UK, U.K, United Kingdom, Britain, Great Britain",
        "New York, New York City",
        "Congo, DR Congo",
        "Kiev, Kyiv",
        "Rio, Rio de Janeiro",
        "Holland, Netherlands",
    )
    for name in group.split(", ")
}
"""Names of one place: it is listed once, as the article first has it."""

PEOPLES = _names(
    """Afghan, African, Albanian, Algerian, American, Americans, Arab, Arabs, Arabic, Argentinian,
    Armenian, Asian, Australian, Austrian, Bangladeshi, Belgian, Bolivian, Bosnian, Brazilian,
    British, Briton, Britons, Bulgarian, Burmese, Cambodian, Canadian, Chilean, Chinese, Christian,
    Christians, Colombian, Croatian, Cuban, Czech, Danish, Dutch, Egyptian, English, Estonian,
    Ethiopian, European, Europeans, Filipino, Finnish, French, German, Germans, Ghanaian, Greek,
    Greeks, Haitian, Hindu, Hispanic, Hungarian, Icelandic, Indian, Indians, Indonesian, Iranian,
    Iraqi, Iraqis, Irish, Islamic, Israeli, Israelis, Italian, Italians, Jamaican, Japanese, Jew,
    Jewish, Jews, Jordanian, Kenyan, Korean, Kurd, Kurdish, Kurds, Latin, Latino, Latvian, Lebanese,
    Liberian, Libyan, Malaysian, Mexican, Mexicans, Moroccan, Muslim, Muslims, Nepalese, Nepali,
    Nigerian, Norwegian, Pakistani, Palestinian, Palestinians, Peruvian, Polish, Portuguese,
    Roman, Romanian, Russian, Russians, Saudi, Scot, Scots, Scottish, Serbian, Sikh, Somali,
    Spanish, Sunni, Shia, Swedish, Swiss, Syrian, Syrians, Taiwanese, Thai, Tibetan, Tunisian,
    Turk, Turkish, Ugandan, Ukrainian, Venezuelan, Vietnamese, Welsh, Zimbabwean, Catholic,
    Catholics, Protestant, Buddhist, Democrat, Democrats, Democratic, Republican, Republicans,
    Conservative, Conservatives, Labour, Tory, Tories, Soviet, Victorian, Nazi, Nazis, Western,
    Olympic, Olympics, Parisian, Londoner, Londoners"""
)
"""Peoples, languages, creeds and parties: neither a person nor a place."""

FIRST_NAMES = _names(
    """Aaron, Abdul, Abdullah, Abigail, Ada, Adam, Adrian, Ahmed, Aisha, Alan, Albert, Alejandro,
    Alessandro, Alex, Alexander, Alexandra, Alexis, Alfred, Alfredo, Ali, Alice, Alison, Amanda,
    Amelia, Amina, Amy, Ana, Anders, Andrea, Andreas, Andrei, Andrew, Andy, Angela, Anita, Ann,
    Anna, Anne, Annie, Anthony, Antonio, Arnold, Arthur, Barack, Barbara, Barry, Ben, Benjamin,
    Bernard, Bill, Bob, Boris, Brian, Bruce, Carl, Carla, Carlos, Carmen, Carol, Caroline,
    Catherine, Charles, Charlie, Charlotte, Chris, Christian, Christina, Christine, Christopher,
    Claire, Clare, Claudia, Colin, Craig, Dan, Daniel, Dave, David, Deborah, Denis, Dennis, Diana,
    Diane, Diego, Dmitry, Donald, Dorothy, Douglas, Duncan, Edward, Elena, Eleanor, Elizabeth,
    Ella, Ellen, Emily, Emma, Eric, Erik, Ernest, Esther, Eva, Evan, Fatima, Felipe, Felix,
    Fernando, Fiona, Francesca, Francesco, Francis, Francois, François, Frank, Fred, Frederic,
    Gareth, Gary, Gavin, Geoff, Geoffrey, George, Gerald, Gerard, Giovanni, Giuseppe, Gordon,
    Graham, Greg, Guillaume, Gustavo, Hannah, Hans, Harold, Harriet, Harry, Hassan, Heather,
    Helen, Helena, Henri, Henry, Hillary, Howard, Hugh, Hugo, Ian, Ibrahim, Igor, Ingrid, Irene,
    Isaac, Isabel, Ivan, Jack, Jackie, Jacob, Jacques, James, Jamie, Jan, Jane, Janet, Jason,
    Javier, Jay, Jean, Jeff, Jeffrey, Jennifer, Jenny, Jeremy, Jerry, Jesse, Jessica, Jill, Jim,
    Jimmy, Joan, Joanna, Joe, Joel, Johan, Johannes, John, Jon, Jonathan, Jorge, Jose, José,
    Josef, Joseph, Josh, Joshua, Juan, Judith, Judy, Julia, Julian, Julie, Karen, Karin, Karl,
    Kate, Katherine, Kathleen, Kathryn, Katie, Keith, Kelly, Ken, Kenneth, Kevin, Khalid, Kim,
    Klaus, Kofi, Larry, Laura, Lauren, Laurence, Leah, Leo, Leon, Leonard, Leonardo, Lewis, Liam,
    Linda, Lisa, Liz, Loretta, Louis, Louise, Lucas, Lucy, Luis, Luke, Lynn, Malcolm, Manuel,
    Marco, Margaret, Maria, María, Marie, Mario, Mark, Markus, Martha, Martin, Mary, Matt,
    Matthew, Matthias, Maurice, Max, Megan, Melanie, Melissa, Michael, Michel, Michelle, Miguel,
    Mike, Miriam, Mohamed, Mohammad, Mohammed, Molly, Monica, Muhammad, Mustafa, Nancy, Natalie,
    Natasha, Neil, Nelson, Nicholas, Nick, Nicola, Nicolas, Nicole, Nigel, Nina, Noah, Nora,
    Oliver, Olivia, Olga, Omar, Oscar, Pablo, Pamela, Patricia, Patrick, Paul, Paula, Pauline,
    Pedro, Peter, Philip, Philippe, Pierre, Rachel, Ralph, Raymond, Rebecca, Ricardo, Richard,
    Rob, Robert, Roberto, Robin, Rodrigo, Roger, Roland, Ron, Ronald, Rosa, Rose, Rosie, Roy,
    Rupert, Ruth, Ryan, Sally, Sam, Samantha, Samuel, Sandra, Sara, Sarah, Scott, Sean, Sebastian,
    Sergei, Sergio, Sharon, Sheila, Shirley, Simon, Sonia, Sophia, Sophie, Stefan, Stefano,
    Stella, Stephanie, Stephen, Steve, Steven, Stuart, Sue, Susan, Suzanne, Sven, Sylvia, Ted,
    Teresa, Terry, Theresa, Thomas, Tim, Timothy, Tina, Toby, Tom, Tommy, Tony, Tracey, Ursula,
    Valerie, Vera, Veronica, Vicky, Victor, Vincent, Vladimir, Walter, Wayne, Wendy, William,
    Xavier, Yasmin, Yusuf, Zac, Zoe"""
)
"""First names of many countries."""

PLACE_WORDS = frozenset(
    """airport avenue basin bay beach borough bridge canyon cape channel city coast county creek
    dam delta desert district falls forest glacier gulf harbour hill hills island islands isles lake
    marsh mountain mountains ocean peninsula park pier plateau port province quarter reef
    region reserve reservoir river road sea shore square strait street suburb territory town
    tunnel valley village volcano wetlands woods zoo""".split()
)
OPENS_PLACE = frozenset("bay cape fort gulf isle lake mount port river san santa são sea".split())
"""Words that make a place of the name they stand in: "Baltic Sea", "Lake Farne"."""

BODY_WORDS = frozenset(
    """academy act agency airlines airways alliance army asset assembly association authority award
    awards bank bbc board brothers bureau cathedral centre center champions charity christmas church
    club coalition college commission committee community company conference congress corporation
    council court cup day defence department embassy exchange express federation festival
    force forces foreign foundation front fund gallery games group guard hall health hospital hotel
    house inc industry institute institution international journal justice league library limited
    ltd magazine media memorial ministry mission museum national nature navy network news office
    olympics open organisation organization palace party police post press prize programme project
    rangers research royal school science sciences service services shop society state station
    street studios survey technologies technology television theatre times today tower treaty trial
    tribunal trust tv union unit united university war week world""".split()
)
"""Words that make a body, a work or an event of the name they stand in, and never a person."""
